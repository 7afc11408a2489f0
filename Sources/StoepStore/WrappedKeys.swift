import StoepCrypto
import StoepModel
import StoepSQLite
import StoepWire

/// By what the keys of a store are wrapped.
package enum KeyProtection: Equatable, Sendable {
    /// Pages in clear: tests alone.
    case none
    /// What its owner remembers.
    case passphrase([UInt8])
    /// A file of mode 0600, at a path that is absolute or from the store's directory.
    case file(String)

    /// Where a key file stands unless somebody says otherwise.
    package static let besideTheStore = KeyProtection.file("unlock.key")
}

/// The file `keys` of a store: the data keys of its pages, each wrapped by one key that comes from a passphrase or from a
/// file. Almost always there is one; two while the pages are sealed anew (`Store+Rekeying.swift`).
package struct WrappedKeys: Equatable {
    enum Wrapping: Equatable {
        case scrypt(logN: Int, r: UInt32, p: UInt32, salt: [UInt8])
        case file(String)
    }

    struct Entry: Equatable {
        let fileID: [UInt8]
        /// Nonce, ciphertext, tag.
        let sealed: [UInt8]
    }

    let wrapping: Wrapping
    let entries: [Entry]

    init(wrapping: Wrapping, entries: [Entry]) {
        self.wrapping = wrapping
        self.entries = entries
    }

    static let maximumBytes = 4096
    /// The exponent of scrypt's N for what people remember: half a second, and 128 MiB.
    package static let cost = 17
    private static let label = Array("stoep 1 wrapped key".utf8)

    static func path(_ directory: String) -> String { directory + "/keys" }

    package static func exists(in directory: String, on disk: any Disk = SystemDisk()) -> Bool {
        disk.exists(path(directory))
    }

    static func read(_ directory: String, on disk: any Disk) throws -> WrappedKeys {
        try WrappedKeys(decoding: disk.read(path(directory), maximumBytes: maximumBytes))
    }

    /// Durable on return.
    func write(_ directory: String, on disk: any Disk) throws {
        try disk.write(encoded(), to: Self.path(directory))
    }

    // MARK: Wrapping

    /// Makes what wraps; a passphrase is stretched by scrypt, for half a second.
    static func wrapping(
        _ protection: KeyProtection, _ directory: String, on disk: any Disk, random: (Int) -> [UInt8]
    ) throws -> (Wrapping, key: [UInt8]) {
        switch protection {
        case .none: preconditionFailure("nothing to wrap by")
        case .passphrase(let passphrase):
            let wrapping = Wrapping.scrypt(logN: cost, r: 8, p: 1, salt: random(16))
            return (wrapping, try key(wrapping, passphrase: passphrase, directory, on: disk))
        case .file(let path):
            let absolute = Self.absolute(path, directory)
            // Beside the store only we put one: a making that was cut left it.
            if absolute == path, disk.exists(absolute) {
                return (.file(path), try key(.file(path), passphrase: nil, directory, on: disk))
            }
            let key = random(32)
            try disk.write(Array("stoep-unlock \(Hex.encode(key))\n".utf8), to: absolute)
            return (.file(path), key)
        }
    }

    init(_ keys: [PageKey], _ wrapping: Wrapping, key: [UInt8], random: (Int) -> [UInt8]) {
        self.wrapping = wrapping
        let cipher = AES256GCM(key: key)
        entries = keys.map {
            Entry(
                fileID: $0.fileID,
                sealed: cipher.seal(
                    $0.key, nonce: random(AES256GCM.nonceByteCount), aad: Self.associatedData(wrapping, $0.fileID)))
        }
    }

    /// The key that wraps.
    /// - Throws: `wrongPassphrase` where one is needed and none was given.
    static func key(
        _ wrapping: Wrapping, passphrase: [UInt8]?, _ directory: String, on disk: any Disk
    ) throws -> [UInt8] {
        switch wrapping {
        case .scrypt(let logN, let r, let p, let salt):
            guard let passphrase else { throw StoreError.locked(directory: directory) }
            guard let key = KeyDerivation.scrypt(passphrase, salt: salt, logN: logN, r: r, p: p) else {
                throw StoreError.damaged("keys")
            }
            return key
        case .file(let path):
            let absolute = Self.absolute(path, directory)
            let bytes: [UInt8]
            do {
                bytes = try disk.read(absolute, maximumBytes: 256)
            } catch {
                throw StoreError.file(absolute, errno: (error as FileError).code)
            }
            var text = Substring(decoding: bytes, as: UTF8.self)
            while text.utf8.last == UInt8(ascii: "\n") || text.utf8.last == UInt8(ascii: "\r") { text.removeLast() }
            let prefix = "stoep-unlock "
            guard text.utf8.starts(with: prefix.utf8), let key = Hex.decode(String(text.dropFirst(prefix.utf8.count))),
                key.count == 32
            else { throw StoreError.damaged(absolute) }
            return key
        }
    }

    /// The data keys.
    /// - Throws: `wrongPassphrase` where the key is another: a flipped bit cannot be told from that.
    func unwrap(_ key: [UInt8]) throws -> [PageKey] {
        let cipher = AES256GCM(key: key)
        return try entries.map { entry in
            guard
                let opened = cipher.open(entry.sealed, aad: Self.associatedData(wrapping, entry.fileID)),
                let key = PageKey(fileID: entry.fileID, key: opened)
            else { throw StoreError.wrongPassphrase }
            return key
        }
    }

    static func absolute(_ path: String, _ directory: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }

    private static func associatedData(_ wrapping: Wrapping, _ fileID: [UInt8]) -> [UInt8] {
        var writer = CBORWriter()
        write(wrapping, to: &writer)
        return label + writer.bytes + fileID
    }

    /// Without the others.
    func keeping(_ fileID: [UInt8]) -> WrappedKeys {
        WrappedKeys(wrapping: wrapping, entries: entries.filter { $0.fileID == fileID })
    }

    // MARK: Bytes

    /// `[1, wrapping, [[file id, wrapped key]…]]`; the wrapping is `[1, log N, r, p, salt]` or `[2, path]`.
    func encoded() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        Self.write(wrapping, to: &writer)
        writer.array(entries.count)
        for entry in entries {
            writer.array(2)
            writer.bytes(entry.fileID)
            writer.bytes(entry.sealed)
        }
        return writer.bytes
    }

    private static func write(_ wrapping: Wrapping, to writer: inout CBORWriter) {
        switch wrapping {
        case .scrypt(let logN, let r, let p, let salt):
            writer.array(5)
            writer.unsigned(1)
            for number in [UInt64(logN), UInt64(r), UInt64(p)] { writer.unsigned(number) }
            writer.bytes(salt)
        case .file(let path):
            writer.array(2)
            writer.unsigned(2)
            writer.text(path)
        }
    }

    init(decoding bytes: [UInt8]) throws(StoreError) {
        do {
            var reader = CBORReader(bytes)
            try reader.array("keys", exactly: 3)
            guard try reader.unsigned("version") == 1 else { throw StoreError.damaged("keys") }
            let count = try reader.array("wrapping", atMost: 5)
            switch (try reader.unsigned("kind"), count) {
            case (1, 5):
                let logN = try reader.unsigned("log N"), r = try reader.unsigned("r"), p = try reader.unsigned("p")
                let salt = try reader.bytes("salt", atMost: 64)
                // No more memory than a laptop has: 1 GiB.
                guard logN <= 20, (1...8).contains(r), (1...4).contains(p) else { throw StoreError.damaged("keys") }
                wrapping = .scrypt(
                    logN: Int(clamping: logN), r: UInt32(clamping: r), p: UInt32(clamping: p), salt: salt)
            case (2, 2): wrapping = .file(try reader.text("path", atMost: 1024))
            default: throw StoreError.damaged("keys")
            }
            var entries: [Entry] = []
            for _ in 0..<(try reader.array("entries", atMost: 4)) {
                try reader.array("entry", exactly: 2)
                let fileID = try reader.bytes("file id", atMost: PageKey.idByteCount)
                entries.append(Entry(fileID: fileID, sealed: try reader.bytes("wrapped key", atMost: 64)))
            }
            try reader.finish()
            guard !entries.isEmpty else { throw StoreError.damaged("keys") }
            self.entries = entries
        } catch {
            throw .damaged("keys")
        }
    }
}
