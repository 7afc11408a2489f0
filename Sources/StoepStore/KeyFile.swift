import StoepCrypto
import StoepModel
import StoepSQLite

/// A private Ed25519 key in a file of its own, mode 0600: one line of text, so that it can be printed, put in a safe
/// and typed in again.
package enum KeyFile {
    private static let prefix = "ed25519 "

    /// Durable on return. A file that stands there already is replaced, whole.
    package static func write(_ key: SigningKey, to path: String, on disk: any Disk = SystemDisk()) throws {
        try Store.translating {
            try disk.write(Array("\(prefix)\(Hex.encode(key.seed))\n".utf8), to: path)
        }
    }

    package static func read(_ path: String, on disk: any Disk = SystemDisk()) throws -> SigningKey {
        let bytes = try Store.translating { try disk.read(path, maximumBytes: 256) }
        var text = Substring(decoding: bytes, as: UTF8.self)
        while text.utf8.last == UInt8(ascii: "\n") || text.utf8.last == UInt8(ascii: "\r") { text.removeLast() }
        guard text.utf8.starts(with: prefix.utf8), let seed = Hex.decode(String(text.dropFirst(prefix.count))),
            let key = SigningKey(seed: seed)
        else { throw StoreError.damaged(path) }
        return key
    }
}
