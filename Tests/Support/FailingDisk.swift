import Glibc
import StoepSQLite
import Synchronization

/// The machine's disk, on which appending, truncating and removing can be made to fail.
package final class FailingDisk: Disk {
    private let faults = Mutex<(append: Int?, truncate: Bool)>((nil, false))
    private let removals = Mutex<Int?>(nil)
    private let disk = SystemDisk()

    package init() {}

    /// - Parameter removals: so many go well, the next does not; nil for all.
    package func fail(afterRemovals removals: Int?) { self.removals.withLock { $0 = removals } }

    package func remove(_ path: String) throws(FileError) {
        let fails = removals.withLock { left in
            guard let count = left else { return false }
            left = count == 0 ? nil : count - 1
            return count == 0
        }
        if fails { throw FileError(code: EIO, path: path, operation: "remove") }
        try disk.remove(path)
    }

    /// - Parameter bytes: so many, at most, are written all the same.
    package func fail(appendAfter bytes: Int, truncate: Bool) { faults.withLock { $0 = (bytes, truncate) } }
    package func heal() { faults.withLock { $0 = (nil, false) } }

    package func append(_ bytes: [UInt8], to path: String) throws(FileError) {
        guard let most = faults.withLock({ $0.append }) else { return try disk.append(bytes, to: path) }
        try disk.append(Array(bytes.prefix(most)), to: path)
        throw FileError(code: EIO, path: path, operation: "fsync")
    }

    package func truncate(_ path: String, to count: Int) throws(FileError) {
        if faults.withLock({ $0.truncate }) { throw FileError(code: EIO, path: path, operation: "truncate") }
        try disk.truncate(path, to: count)
    }

    package var vfsName: String? { disk.vfsName }
    package func exists(_ path: String) -> Bool { disk.exists(path) }
    package func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
        try disk.read(path, maximumBytes: maximumBytes)
    }
    package func read(_ path: String, from offset: Int, count: Int) throws(FileError) -> [UInt8] {
        try disk.read(path, from: offset, count: count)
    }
    package func overwrite(_ path: String, with pieces: [(offset: Int, bytes: [UInt8])]) throws(FileError) {
        try disk.overwrite(path, with: pieces)
    }
    package func write(_ bytes: [UInt8], to path: String) throws(FileError) { try disk.write(bytes, to: path) }
    package func writeUnsynced(_ bytes: [UInt8], to path: String) throws(FileError) {
        try disk.writeUnsynced(bytes, to: path)
    }
    package func rename(_ path: String, to other: String) throws(FileError) { try disk.rename(path, to: other) }
    package func syncFolder(_ path: String) throws(FileError) { try disk.syncFolder(path) }
    package func names(in folder: String) throws(FileError) -> [String]? { try disk.names(in: folder) }
    package func makeFolder(_ path: String) throws(FileError) -> Bool { try disk.makeFolder(path) }
    package func removeFolder(_ path: String) throws(FileError) { try disk.removeFolder(path) }
    package func unnamedFile(beside path: String) throws(FileError) -> UnnamedFile { try disk.unnamedFile(beside: path) }
    package func writeLock(_ path: String) throws(WriteLockError) -> any WriteLocking { try disk.writeLock(path) }
}
