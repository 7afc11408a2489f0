import StoepCrypto
import StoepModel
import StoepSQLite

/// Seals the small files beside a database: keys of the device, drafts, the anchor (`Protocol/store-pages.md`).
struct FileSealer {
    static let magic = Array("stoepfl".utf8) + [1]
    /// The first is the one to seal with.
    let keys: [PageKey]
    let random: (_ count: Int) -> [UInt8]

    /// Nil for a store in clear.
    init?(_ keys: [PageKey], random: @escaping (_ count: Int) -> [UInt8]) {
        guard !keys.isEmpty else { return nil }
        self.keys = keys
        self.random = random
    }

    func seal(_ bytes: [UInt8], name: String) -> [UInt8] {
        let key = keys[0]
        let head = Self.magic + key.fileID
        let sealed = Self.cipher(key).seal(
            bytes, nonce: random(AES256GCM.nonceByteCount), aad: head + Array(name.utf8))
        return head + sealed
    }

    /// What was sealed under this name; what is in clear as it is: it was put there by hand, or before it could be
    /// sealed.
    func open(_ bytes: [UInt8], name: String) throws(StoreError) -> [UInt8] {
        guard bytes.starts(with: Self.magic) else { return bytes }
        let head = Array(bytes.prefix(Self.magic.count + PageKey.idByteCount))
        let fileID = Array(head.dropFirst(Self.magic.count))
        guard let key = keys.first(where: { $0.fileID == fileID }),
            let opened = Self.cipher(key).open(Array(bytes.dropFirst(head.count)), aad: head + Array(name.utf8))
        else { throw .damaged(name) }
        return opened
    }

    private static func cipher(_ key: PageKey) -> AES256GCM {
        AES256GCM(key: KeyDerivation.hkdf(key.key, salt: key.fileID, info: "stoep 1 files"))
    }
}

extension Store {
    /// Writes a file beside the database, sealed if the database is; durable on return.
    func writeFile(_ bytes: [UInt8], _ name: String) throws {
        try configuration.disk.write(
            files?.seal(bytes, name: name) ?? bytes, to: "\(configuration.directory)/\(name)")
    }

    func readFile(_ name: String, maximumBytes: Int) throws -> [UInt8] {
        let bytes = try configuration.disk.read("\(configuration.directory)/\(name)", maximumBytes: maximumBytes)
        return try files?.open(bytes, name: name) ?? bytes
    }
}
