import Foundation

/// A directory of one test's own, removed with the last reference to it. In memory where the machine has such a place,
/// so that thousands of durable commits do not wait for a disk that no test is about.
package final class ScratchDirectory {
    package let path: String
    private var made = 0

    package init() throws {
        let memory = "/dev/shm"
        let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = "\(base)/stoep-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// An empty directory within.
    package func make(_ name: String = "d") throws -> String {
        made += 1
        let directory = "\(path)/\(name)-\(made)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return directory
    }

    /// A copy of a directory within, as a backup or a cloned disk would be.
    package func copy(_ directory: String) throws -> String {
        made += 1
        let copy = "\(path)/copy-\(made)"
        try FileManager.default.copyItem(atPath: directory, toPath: copy)
        return copy
    }

    /// Puts a copy where a directory stands.
    package func putBack(_ copy: String, as directory: String) throws {
        try FileManager.default.removeItem(atPath: directory)
        try FileManager.default.copyItem(atPath: copy, toPath: directory)
    }
}
