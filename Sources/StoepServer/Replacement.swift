import Glibc
import StoepCrypto
import StoepMerge
import StoepModel
import StoepSQLite
import StoepStore
import StoepTransport
import StoepWire

/// Gives a daemon another TLS key, the space another authority, or both, by a statement of the root (`DESIGN` §3). No
/// daemon may serve from the directory meanwhile; it may be a copy, or restored from a backup.
///
/// The new keys are durable beside the old ones first; then one transaction writes the statement and what the roster
/// says of daemons; then the new keys take the place of the old. Cut before the transaction it never was; cut after it,
/// the next command or daemon finishes it, without the root key.
package struct Replacement: Sendable {
    package struct Made: Sendable, Equatable {
        package let space: SpaceID
        package let serial: UInt64
        package let authority: VerifyingKey
        /// The keys by which laptops know daemons from now on, this one's first.
        package let daemons: [VerifyingKey]
        package let address: String
    }

    package let data: DataDirectory
    package let rootKeyPath: String
    package let replacesDaemonKey: Bool
    package let replacesAuthority: Bool
    /// Whether the present TLS key stays in force too: the new one is a second daemon's.
    package let keepsDaemonKey: Bool
    /// Where laptops reach this daemon from now on; nil for where they do now.
    package let address: NetworkAddress?

    package init(
        data: DataDirectory, rootKeyPath: String, daemonKey: Bool, authority: Bool, keepingDaemonKey: Bool = false,
        address: NetworkAddress? = nil
    ) {
        self.data = data
        self.rootKeyPath = rootKeyPath
        replacesDaemonKey = daemonKey
        replacesAuthority = authority
        keepsDaemonKey = keepingDaemonKey
        self.address = address
    }

    package func run(_ environment: Environment) throws(DaemonError) -> Made {
        try DaemonError.translating { try make(environment) }
    }

    package func run() throws(DaemonError) -> Made { try run(.system) }

    private func make(_ environment: Environment) throws -> Made {
        guard Store.exists(in: data.path) else { throw DaemonError.notADataDirectory(data.path) }
        let root = try readRoot()
        let lock = try ServeLock(data)
        defer { withExtendedLifetime(lock) {} }
        try Self.finish(data, environment)
        let tls = try KeyFile.read(data.tlsKeyPath)
        let newTLS = replacesDaemonKey ? SigningKey(seed: environment.random(SigningKey.seedByteCount)) : nil
        let newKeys = replacesAuthority ? try DeviceKeys(random: environment.random) : nil

        let configuration = Store.Configuration(directory: data.path, holder: "stoepd replace")
        let store = try Store.open(configuration, environment, newKeys: newKeys)
        defer { store.close() }
        guard SpaceID(root: root.verifyingKey, environment.cryptography) == store.space else {
            throw DaemonError.rootKeyOfAnotherSpace(rootKeyPath)
        }
        try data.make(data.replacementPath)
        let staged = StagedKeys(data)
        if let newKeys { try staged.write(newKeys) }
        if let newTLS { try KeyFile.write(newTLS, to: staged.tlsPath) }
        // What is staged stays where this fails: it may have been committed all the same.
        let made = try store.write {
            try replace(in: store, root: root, tls: tls.verifyingKey, by: newTLS?.verifyingKey)
        }
        try staged.putInPlace()
        try store.prepareToSend()
        try store.checkpoint()
        return made
    }

    private func readRoot() throws -> SigningKey {
        guard access(rootKeyPath, R_OK) == 0 else { throw DaemonError.file(path: rootKeyPath, code: errno) }
        do {
            return try KeyFile.read(rootKeyPath)
        } catch StoreError.damaged {
            throw DaemonError.notARootKey(rootKeyPath)
        }
    }

    /// The statement, and what the roster says of daemons. Inside a transaction.
    package func replace(
        in store: Store, root: SigningKey, tls: VerifyingKey, by newTLS: VerifyingKey?
    ) throws -> Made {
        let before = try store.delegationInForce()
        let inForce = try store.daemonKeysInForce()
        let own = newTLS ?? tls
        // With the authority's key every daemon that has it goes: whoever stole one of them has it too.
        var keys: Set<VerifyingKey> = replacesAuthority ? [] : Set(inForce)
        if !keepsDaemonKey, newTLS != nil { keys.remove(tls) }
        keys.insert(own)
        guard keys.count <= Limits.daemons else { throw DaemonError.tooManyDaemons(limit: Limits.daemons) }
        let address = try self.address?.description ?? heldAddress(in: store, tls)

        let authority = store.keys.publicKey
        var cuts: [Cut] = []
        if replacesAuthority {
            try store.beginActor()
            if let replaced = before?.authority { cuts = try store.cuts(after: replaced) }
        }
        // Greater than every serial held, and where the store was restored from an older copy, than those forgotten.
        let now = min(store.environment.now().milliseconds, Limits.timestamp)
        let first = max((before?.serial ?? 0) + 1, now)
        let parts = Self.parts(of: cuts)
        let statements = parts.enumerated().map { index, cuts in
            Delegation(
                root: root.verifyingKey, serial: first + UInt64(index), authority: authority,
                daemons: keys.sorted(), cuts: cuts)
        }
        // The statements first and alone: nothing of a new authority in the roster counts before.
        for start in stride(from: 0, to: statements.count, by: Limits.blocks) {
            _ = try store.saveInTransaction(
                statements[start..<min(start + Limits.blocks, statements.count)].map { statement in
                    RecordEdit(
                        log: .roster, target: .new(.delegation),
                        fields: [.set(Field.Delegation.statement, .bytes(statement.sign(with: root.signer)))])
                })
        }
        _ = try store.saveInTransaction(
            Set(inForce + [tls]).subtracting(keys).sorted().map { Self.daemon($0, [.set(Field.Daemon.state, .integer(0))]) }
                + [
                    Self.daemon(
                        own,
                        [
                            .set(Field.Daemon.key, .bytes(own.bytes)), .set(Field.Daemon.address, .text(address)),
                            .set(Field.Daemon.state, .integer(1)),
                        ])
                ])
        let what = [replacesDaemonKey ? "daemon key" : nil, replacesAuthority ? "authority" : nil].compactMap { $0 }
        try store.audit("replace \(what.joined(separator: ", ")): serial \(first + UInt64(parts.count) - 1)")
        return Made(
            space: store.space, serial: first + UInt64(parts.count) - 1, authority: authority,
            daemons: [own] + keys.subtracting([own]).sorted(), address: address)
    }

    private func heldAddress(in store: Store, _ tls: VerifyingKey) throws -> String {
        let record = try store.stored(store.naturalID(.daemon, tls.description))
        guard case .text(let address)? = record.value(Field.Daemon.address) else {
            throw StoreError.damaged("stoep.db: the daemon's address")
        }
        return address
    }

    private static func daemon(_ key: VerifyingKey, _ fields: [FieldEdit]) -> RecordEdit {
        RecordEdit(log: .roster, target: .natural(.daemon, key: key.description), fields: fields)
    }

    /// Cuts in as many statements as hold them, each within a value's bytes; the branches of one chain stay together.
    private static func parts(of cuts: [Cut]) -> [[Cut]] {
        var parts: [[Cut]] = [[]]
        for cut in cuts {
            if let last = parts[parts.count - 1].last, parts[parts.count - 1].count >= 500,
                last.log != cut.log || last.point.actor != cut.point.actor
            {
                parts.append([])
            }
            parts[parts.count - 1].append(cut)
        }
        return parts
    }

    // MARK: What was cut

    /// Finishes a replacement that was cut after its transaction, or forgets one that was cut before. Under the lock of
    /// whoever serves.
    static func finish(_ data: DataDirectory, _ environment: Environment) throws {
        guard let names = try data.entries(data.replacementPath) else { return }
        let staged = StagedKeys(data)
        // What was staged is whole, and may be the only copy of a key that is in force: it is never cleared unread.
        let device = names.contains(StagedKeys.device) ? try staged.readDevice() : nil
        let tls = names.contains(StagedKeys.tls) ? try KeyFile.read(staged.tlsPath).verifyingKey : nil
        let store = try data.openStore(environment, holder: "stoepd")
        let inForce = try store.read { try store.delegationInForce() }
        store.close()
        let isCommitted = (device != nil || tls != nil)
            && (device == nil || inForce?.authority == device) && (tls.map { inForce?.daemons.contains($0) ?? false } ?? true)
        if isCommitted { try staged.putInPlace() } else { try staged.clear() }
    }

    /// The same where no daemon serves and none is known to: nothing where nothing was cut.
    static func finishIfCut(_ data: DataDirectory) throws {
        guard try data.entries(data.replacementPath) != nil else { return }
        let lock = try ServeLock(data)
        defer { withExtendedLifetime(lock) {} }
        try finish(data, .system)
    }
}

/// New keys beside those that they replace.
private struct StagedKeys {
    static let device = "device.key"
    static let tls = "tls.key"

    let data: DataDirectory

    init(_ data: DataDirectory) {
        self.data = data
    }

    var tlsPath: String { "\(data.replacementPath)/\(Self.tls)" }
    private var devicePath: String { "\(data.replacementPath)/\(Self.device)" }

    func write(_ keys: DeviceKeys) throws(DaemonError) {
        do throws(FileError) {
            try DurableFile.write(keys.encoded(), to: devicePath)
        } catch {
            throw .file(path: error.path, code: error.code)
        }
    }

    func readDevice() throws -> VerifyingKey {
        try DeviceKeys(decoding: DurableFile.read(devicePath, maximumBytes: 4096)).publicKey
    }

    /// Moves what is staged over what it replaces. What was moved already is not here any more.
    func putInPlace() throws(DaemonError) {
        for (from, to) in [(devicePath, Store.keyPath(data.path)), (tlsPath, data.tlsKeyPath)]
        where DurableFile.exists(from) {
            guard rename(from, to) == 0 else { throw .file(path: to, code: errno) }
        }
        try data.sync(data.path)
        try clear()
    }

    func clear() throws(DaemonError) {
        for name in try data.entries(data.replacementPath) ?? [] { unlink("\(data.replacementPath)/\(name)") }
        guard rmdir(data.replacementPath) == 0 else { throw .file(path: data.replacementPath, code: errno) }
        try data.sync(data.path)
    }
}
