import StoepCrypto
import StoepModel
import StoepSQLite

/// Why a backup cannot be read.
package enum BackupError: Error, Hashable, Sendable {
    /// It is no backup, or not all of one; what was noticed, and from which byte on.
    case damaged(String)
    /// A later version of the program wrote it.
    case version
    /// Of a daemon where a laptop is to be restored, or the other way round.
    case otherProgram
    /// Another passphrase or key file opens it, or its first bytes are damaged.
    case wrongSecret
}

/// The file of a backup: a head in clear, then pieces of about a megabyte, each sealed (ChaCha20-Poly1305) under a key
/// that HKDF makes of a data key and of the file's own salt. The head has the salt, and the data key, wrapped by what
/// opens the backup (`WrappedKeys`): the store's own key where its passphrase does, else one made for this file. A piece
/// binds the head, its number, and whether it is the last: nothing can be cut off, exchanged or put in the place of
/// another.
enum BackupFile {
    static let magic = Array("stoepbk1".utf8)
    static let saltBytes = 32
    static let pieceBytes = 1 << 20

    /// The head in clear: magic, salt, and how long the wrapped key is that follows.
    struct Head {
        let bytes: [UInt8]
        let salt: [UInt8]
        let wrapped: WrappedKeys

        init(salt: [UInt8], wrapped: WrappedKeys) {
            self.salt = salt
            self.wrapped = wrapped
            let encoded = wrapped.encoded()
            var bytes = BackupFile.magic + salt
            bytes.append(bigEndian: UInt16(clamping: encoded.count))
            self.bytes = bytes + encoded
        }

        init(reading file: SourceFile) throws {
            let fixed = try file.read(at: 0, count: magic.count + saltBytes + 2)
            guard fixed.count == magic.count + saltBytes + 2, fixed.starts(with: magic) else {
                throw StoreError.backup(fixed.starts(with: magic.dropLast()) ? .version : .damaged("head"))
            }
            salt = Array(fixed[magic.count...].prefix(saltBytes))
            let count = fixed.suffix(2).reduce(0) { $0 << 8 | Int($1) }
            guard count <= WrappedKeys.maximumBytes,
                case let encoded = try file.read(at: fixed.count, count: count), encoded.count == count,
                let wrapped = try? WrappedKeys(decoding: encoded), wrapped.entries.count == 1,
                // Whoever made the file does not say which of ours is read.
                case .scrypt = wrapped.wrapping
            else { throw StoreError.backup(.damaged("head")) }
            self.wrapped = wrapped
            bytes = fixed + encoded
        }

        /// What the pieces are sealed with.
        func key(_ data: PageKey) -> [UInt8] { KeyDerivation.hkdf(data.key, salt: salt, info: "stoep 1 backup") }
    }

    static func nonce(_ number: UInt64) -> [UInt8] {
        var nonce: [UInt8] = [0, 0, 0, 0]
        nonce.append(bigEndian: number)
        return nonce
    }

    static func associated(_ head: [UInt8], _ number: UInt64, isLast: Bool) -> [UInt8] {
        var bytes = head
        bytes.append(bigEndian: number)
        bytes.append(isLast ? 1 : 0)
        return bytes
    }
}

/// Seals what it is given, record after record, into a file that takes its place once it is whole. It replaces nothing.
final class BackupWriter {
    private let file: StreamedFile
    private let head: [UInt8]
    private let key: [UInt8]
    private var number: UInt64 = 0
    private var waiting: [UInt8] = []

    /// - Parameters:
    ///   - data: the key to seal with.
    ///   - wrapped: the same, wrapped by what is to open the backup.
    init(_ path: String, _ data: PageKey, _ wrapped: WrappedKeys, random: (Int) -> [UInt8]) throws {
        let head = BackupFile.Head(salt: random(BackupFile.saltBytes), wrapped: wrapped)
        self.head = head.bytes
        key = head.key(data)
        file = try StoreError.naming(path) { try StreamedFile(new: path) }
        try file.append(self.head)
    }

    func append(_ record: BackupRecord) throws {
        let bytes = record.encoded()
        waiting.append(bigEndian: UInt32(clamping: bytes.count))
        waiting += bytes
        while waiting.count >= BackupFile.pieceBytes {
            try seal(Array(waiting.prefix(BackupFile.pieceBytes)), isLast: false)
            waiting.removeFirst(BackupFile.pieceBytes)
        }
    }

    private func seal(_ piece: [UInt8], isLast: Bool) throws {
        let sealed = ChaCha20Poly1305.seal(
            piece, key: key, nonce: BackupFile.nonce(number),
            aad: BackupFile.associated(head, number, isLast: isLast))
        var framed: [UInt8] = []
        framed.append(bigEndian: UInt32(clamping: sealed.count) << 1 | (isLast ? 1 : 0))
        try file.append(framed + sealed)
        number += 1
    }

    /// Writes what is left, makes all of it durable, has it read back, and only then gives the file its name.
    func finish(_ verify: (BackupReader) throws -> Void) throws {
        try seal(waiting, isLast: true)
        waiting = []
        try file.sync()
        try verify(BackupReader(file.part, key: key))
        try file.finish()
    }
}

/// Opens what a `BackupWriter` sealed, a piece at a time.
final class BackupReader {
    private let file: SourceFile
    private let head: [UInt8]
    private let key: [UInt8]
    private var offset: Int
    private var number: UInt64 = 0
    private var isLast = false
    private var waiting: [UInt8] = []
    private var read = 0

    convenience init(_ path: String, secret: [UInt8]) throws {
        let (file, head) = try Self.open(path)
        do {
            // A wrapping that is no file looks nowhere.
            let wrapping = try WrappedKeys.key(head.wrapped.wrapping, passphrase: secret, "", on: SystemDisk())
            guard let data = try head.wrapped.unwrap(wrapping).first else { throw StoreError.backup(.damaged("head")) }
            self.init(file, head, key: head.key(data))
        } catch StoreError.wrongPassphrase {
            throw StoreError.backup(.wrongSecret)
        } catch StoreError.damaged {
            throw StoreError.backup(.damaged("cost"))
        }
    }

    convenience init(_ path: String, key: [UInt8]) throws {
        let (file, head) = try Self.open(path)
        self.init(file, head, key: key)
    }

    private static func open(_ path: String) throws -> (SourceFile, BackupFile.Head) {
        try StoreError.naming(path) {
            let file = try SourceFile(path)
            return (file, try BackupFile.Head(reading: file))
        }
    }

    private init(_ file: SourceFile, _ head: BackupFile.Head, key: [UInt8]) {
        self.file = file
        self.head = head.bytes
        self.key = key
        offset = head.bytes.count
    }

    /// Of the whole file.
    var bytes: Int { file.count }
    /// Of these, how many were opened.
    var done: Int { offset }

    /// The next record; nil behind the last.
    /// - Throws: `backup`, before anything of a piece that does not hold is given out.
    func next() throws -> BackupRecord? {
        guard let frame = try take(4) else { return nil }
        let count = frame.reduce(0) { $0 << 8 | Int($1) }
        guard count <= Limits.backupRecordBytes, let bytes = try take(count), let record = BackupRecord(bytes) else {
            throw StoreError.backup(.damaged("record before byte \(offset)"))
        }
        return record
    }

    private func take(_ count: Int) throws -> [UInt8]? {
        while waiting.count - read < count {
            if isLast {
                guard waiting.count == read else { throw StoreError.backup(.damaged("end")) }
                return nil
            }
            waiting.removeFirst(read)
            read = 0
            try open()
        }
        defer { read += count }
        return Array(waiting[read..<(read + count)])
    }

    private func open() throws {
        let start = offset
        let frame = try file.read(at: offset, count: 4).reduce(0) { $0 << 8 | Int($1) }
        let (count, last) = (frame >> 1, frame & 1 == 1)
        guard count <= BackupFile.pieceBytes + ChaCha20Poly1305.tagByteCount else {
            throw StoreError.backup(.damaged("byte \(start)"))
        }
        let sealed = try file.read(at: offset + 4, count: count)
        let opened = ChaCha20Poly1305.open(
            sealed, key: key, nonce: BackupFile.nonce(number), aad: BackupFile.associated(head, number, isLast: last))
        guard let opened else {
            throw StoreError.backup(number == 0 ? .wrongSecret : .damaged("byte \(start)"))
        }
        offset += 4 + count
        number += 1
        isLast = last
        if last, offset != file.count { throw StoreError.backup(.damaged("byte \(offset)")) }
        waiting += opened
    }
}

/// One record of a backup: which kind, and its values.
struct BackupRecord {
    /// Below these, a row of the table that was declared so-manieth.
    static let head: UInt8 = 253
    static let table: UInt8 = 254
    static let end: UInt8 = 255

    let kind: UInt8
    let values: [SQLValue]

    init(_ kind: UInt8, _ values: [SQLValue]) {
        self.kind = kind
        self.values = values
    }

    func encoded() -> [UInt8] {
        var bytes: [UInt8] = [kind, UInt8(clamping: values.count)]
        for value in values {
            switch value {
            case .null: bytes.append(0)
            case .integer(let number):
                bytes.append(1)
                bytes.append(bigEndian: number)
            case .text(let text): Self.append(2, Array(text.utf8), to: &bytes)
            case .blob(let blob): Self.append(3, blob, to: &bytes)
            }
        }
        return bytes
    }

    private static func append(_ type: UInt8, _ content: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(type)
        bytes.append(bigEndian: UInt32(clamping: content.count))
        bytes += content
    }

    /// Nil where it is none.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        guard let kind = rest.popFirst(), let count = rest.popFirst() else { return nil }
        var values: [SQLValue] = []
        for _ in 0..<count {
            guard let type = rest.popFirst() else { return nil }
            if type == 0 {
                values.append(.null)
                continue
            }
            let width = type == 1 ? 8 : 4
            guard (1...3).contains(type), rest.count >= width else { return nil }
            let number = rest.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            rest = rest.dropFirst(width)
            if type == 1 {
                values.append(.integer(Int64(bitPattern: number)))
                continue
            }
            guard number <= UInt64(rest.count) else { return nil }
            let content = Array(rest.prefix(Int(number)))
            rest = rest.dropFirst(Int(number))
            if type == 2 {
                guard let text = String(validating: content, as: UTF8.self) else { return nil }
                values.append(.text(text))
            } else {
                values.append(.blob(content))
            }
        }
        guard rest.isEmpty else { return nil }
        (self.kind, self.values) = (kind, values)
    }
}
