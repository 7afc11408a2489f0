import CKeyring
import Glibc
import StoepModel
import StoepSQLite

/// The kernel's keyring of this user: keys of stores that were unlocked, in memory that is never written to a disk.
enum Keyring {
    private static func name(_ fileID: [UInt8]) -> String { "stoep:\(Hex.encode(fileID))" }

    /// Keeps keys for so many seconds, under the first one's file.
    /// - Throws: `keyringUnavailable` where the kernel refuses.
    static func put(_ keys: [PageKey], seconds: UInt32) throws(StoreError) {
        guard let first = keys.first else { return }
        let bytes = keys.flatMap { $0.fileID + $0.key }
        guard stoep_keyring_put(name(first.fileID), bytes, bytes.count, seconds) == 0 else {
            throw .keyringUnavailable(errno: errno)
        }
    }

    /// The keys of these files; nil unless all of them are here.
    static func get(_ fileIDs: [[UInt8]]) -> [PageKey]? {
        guard let first = fileIDs.first else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4 * size)
        let count = stoep_keyring_get(name(first), &bytes, bytes.count)
        guard count > 0, count <= bytes.count, count % size == 0 else { return nil }
        let keys = stride(from: 0, to: count, by: size).compactMap { start in
            let idEnd = start + PageKey.idByteCount
            return PageKey(fileID: Array(bytes[start..<idEnd]), key: Array(bytes[idEnd..<(start + size)]))
        }
        return Set(keys.map(\.fileID)) == Set(fileIDs) ? keys : nil
    }

    /// - Returns: whether there was something to forget.
    static func remove(_ fileID: [UInt8]) -> Bool { stoep_keyring_remove(name(fileID)) == 0 }

    private static let size = PageKey.idByteCount + PageKey.keyByteCount
}
