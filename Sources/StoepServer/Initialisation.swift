import Glibc
import StoepCrypto
import StoepModel
import StoepStore
import StoepTransport
import StoepWire

/// Makes a space: its root key, its authority, the daemon's keys and store (`DESIGN` §3).
package struct Initialisation: Sendable {
    package struct Made: Sendable, Equatable {
        package let space: SpaceID
        package let rootKeyPath: String
    }

    package let data: DataDirectory
    /// What the space is called.
    package let name: String
    /// Where laptops reach the daemon: stands in every invitation.
    package let address: NetworkAddress
    /// Nil for `root.key` in the data directory.
    package let rootKeyPath: String?

    /// Where the file is to stand that opens the store, absolute; nil for `unlock.key` in the data directory.
    package let keyFilePath: String?

    package init(
        data: DataDirectory, name: String, address: NetworkAddress, rootKeyPath: String? = nil,
        keyFilePath: String? = nil
    ) {
        self.keyFilePath = keyFilePath
        self.data = data
        self.name = name
        self.address = address
        self.rootKeyPath = rootKeyPath
    }

    /// Makes the space of the given environment's randomness. Cut at any point, it either has made the space or can be
    /// run again: everything is made aside, and the database takes its place last.
    package func run(_ environment: Environment) throws(DaemonError) -> Made {
        try DaemonError.translating { try make(environment) }
    }

    package func run() throws(DaemonError) -> Made { try run(.system) }

    private static let database = "stoep.db"

    private func make(_ environment: Environment) throws -> Made {
        guard Bounds.isName(name) else { throw Objection(.nameUnusable, name) }
        try data.make(data.path)
        guard chmod(data.path, 0o700) == 0 else { throw DaemonError.file(path: data.path, code: errno) }
        try refuseOccupied()
        let lock = try ServeLock(data)
        defer { withExtendedLifetime(lock) {} }
        try clearWhatWasCut()
        let rootPath = self.rootPath
        guard access(rootPath, F_OK) != 0 else { throw DaemonError.rootKeyFileExists(rootPath) }
        try clearEmptyLedger()
        let folder = rootPath.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(rootPath[...$0]) } ?? "."
        guard access(folder, W_OK) == 0 else { throw DaemonError.file(path: folder, code: errno) }

        guard let root = SigningKey(seed: environment.random(SigningKey.seedByteCount)),
            let tls = SigningKey(seed: environment.random(SigningKey.seedByteCount))
        else { preconditionFailure("a seed has 32 bytes") }
        let space = SpaceID(root: root.verifyingKey, environment.cryptography)
        try data.make(data.stagingPath)
        let staged = DataDirectory(data.stagingPath)
        try KeyFile.write(root, to: staged.rootKeyPath)
        try KeyFile.write(tls, to: staged.tlsKeyPath)
        try fill(staged, space: space, root: root, tls: tls, environment)
        if rootPath != data.rootKeyPath { try KeyFile.write(root, to: rootPath) }
        try putInPlace(staged)
        return Made(space: space, rootKeyPath: rootPath)
    }

    /// A ledger of a space that never came to be may go; one in which erasures stand may not.
    private func clearEmptyLedger() throws {
        guard access(data.ledgerPath, F_OK) == 0 else { return }
        guard try ErasureLedger.isEmpty(path: data.ledgerPath) else {
            throw DaemonError.file(path: data.ledgerPath, code: EEXIST)
        }
        unlink(data.ledgerPath)
    }

    private var rootPath: String { rootKeyPath ?? data.rootKeyPath }

    private func fill(
        _ staged: DataDirectory, space: SpaceID, root: SigningKey, tls: SigningKey, _ environment: Environment
    ) throws {
        let keys = try DeviceKeys(random: environment.random)
        var configuration = Store.Configuration(directory: staged.path, holder: "stoepd init")
        configuration.protection = keyFilePath.map { .file($0) } ?? .besideTheStore
        let store = try Store.create(configuration, environment, space: space, keys: keys, isHub: true)
        defer { store.close() }
        let delegation = Delegation(
            root: root.verifyingKey, serial: 1, authority: keys.publicKey, daemons: [tls.verifyingKey])
        try store.write {
            // The statement first and alone: nothing in the roster counts before the authority is known.
            _ = try store.saveInTransaction([
                RecordEdit(
                    log: .roster, target: .new(.delegation),
                    fields: [.set(Field.Delegation.statement, .bytes(delegation.sign(with: root.signer)))])
            ])
            _ = try store.saveInTransaction([
                RecordEdit(
                    log: .roster, target: .natural(.space, key: "space"), fields: [.set(Field.Space.name, .text(name))]),
                RecordEdit(
                    log: .roster, target: .natural(.daemon, key: tls.verifyingKey.description),
                    fields: [
                        .set(Field.Daemon.key, .bytes(tls.publicKey)),
                        .set(Field.Daemon.address, .text(address.description)),
                        .set(Field.Daemon.state, .integer(1)),
                        .set(Field.Daemon.sealingKey, .bytes(keys.sealingKey.bytes)),
                    ]),
            ])
            try store.audit("init")
        }
        try store.prepareToSend()
        try LedgerKeeping.begin(store, path: data.ledgerPath)
        try store.checkpoint()
    }

    /// Refuses a directory with anything in it that an init that was cut did not leave there.
    private func refuseOccupied() throws {
        let names = try data.entries(data.path) ?? []
        if names.contains(Self.database) { throw DaemonError.alreadyInitialised(data.path) }
        let ours: Set = [
            "serve.lock", ".init", "root.key", "tls.key", "device.key", "anchor", "lock", "keys", "unlock.key",
            "ballast", "mark",
        ]
        guard names.subtracting(names.contains(".init") ? ours : ["serve.lock"]).isEmpty else {
            throw DaemonError.directoryNotEmpty(data.path)
        }
    }

    private func clearWhatWasCut() throws {
        // Under the lock now: somebody else may have been first.
        try refuseOccupied()
        guard try data.entries(data.stagingPath) != nil else { return }
        // The root key of a space that never was: only if it is the very one that was to be put there.
        let staged = DataDirectory(data.stagingPath)
        if let cut = try? KeyFile.read(staged.rootKeyPath), (try? KeyFile.read(rootPath))?.seed == cut.seed {
            unlink(rootPath)
        }
        for name in try data.entries(data.path) ?? [] where name != "serve.lock" && name != ".init" {
            unlink("\(data.path)/\(name)")
        }
        try data.clearStaging()
    }

    private func putInPlace(_ staged: DataDirectory) throws {
        // Emptied by the checkpoint; SQLite makes them anew.
        for end in ["-wal", "-shm"] { unlink("\(staged.path)/\(Self.database)\(end)") }
        var names = try data.entries(staged.path) ?? []
        if rootPath != data.rootKeyPath { names.remove("root.key") }
        for name in names.subtracting([Self.database]).sorted() + [Self.database] {
            if name == Self.database { try data.sync(data.path) }
            guard rename("\(staged.path)/\(name)", "\(data.path)/\(name)") == 0 else {
                throw DaemonError.file(path: data.path, code: errno)
            }
        }
        try data.sync(data.path)
        try data.clearStaging()
    }
}

extension Environment {
    package static var system: Environment {
        .machine(random: { SystemRandom.bytes($0) }, cryptography: .openSSL)
    }
}

/// What is asked of texts that a coordinator types.
enum Bounds {
    /// Not empty, short enough for every message that carries it, and on one line.
    static func isName(_ name: String) -> Bool {
        (1...256).contains(name.utf8.count)
            && name.unicodeScalars.contains { !$0.properties.isWhitespace }
            && name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
