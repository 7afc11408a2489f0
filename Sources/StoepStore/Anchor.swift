import Glibc
import StoepModel
import StoepSQLite
import StoepWire

/// Where a store stands: a copy of its files stands somewhere else.
package struct Place: Equatable, Sendable {
    package var machine: [UInt8]
    package var fileSystem: UInt64
    package var inode: UInt64

    package init(machine: [UInt8], fileSystem: UInt64, inode: UInt64) {
        self.machine = machine
        self.fileSystem = fileSystem
        self.inode = inode
    }

    /// What this machine says of a file: its machine id, and the file's device and inode numbers.
    package static func current(_ database: String) -> Place {
        var facts = stat()
        let found = stat(database, &facts) == 0
        let machine = (try? DurableFile.read("/etc/machine-id", maximumBytes: 256)) ?? []
        return Place(
            machine: machine.filter { $0 != UInt8(ascii: "\n") },
            fileSystem: found ? UInt64(facts.st_dev) : 0, inode: found ? UInt64(facts.st_ino) : 0)
    }
}

/// The anchor file, outside the database: what this device has signed and sent under its actor, and where. A store
/// restored from an older copy lacks what its anchor names; a cloned one stands in another place. Either way the
/// device goes on under a new actor, so that two histories never share one (`DESIGN` §7).
struct Anchor: Equatable {
    var actor: ActorID
    var place: Place
    var heads: [Head]

    func encoded() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(6)
        writer.unsigned(1)
        writer.bytes(actor.bytes)
        writer.bytes(place.machine)
        writer.unsigned(place.fileSystem)
        writer.unsigned(place.inode)
        writer.array(heads.count)
        for head in heads {
            writer.array(3)
            writer.text(head.log.description)
            writer.unsigned(head.seq)
            writer.bytes(head.hash.bytes)
        }
        return writer.bytes
    }

    init(actor: ActorID, place: Place, heads: [Head]) {
        self.actor = actor
        self.place = place
        self.heads = heads
    }

    /// Nil where the file is not an anchor: then nothing is known, and a new actor is the safe answer.
    init?(decoding bytes: [UInt8]) {
        do {
            var reader = CBORReader(bytes)
            try reader.array("anchor", exactly: 6)
            guard try reader.unsigned("version") == 1 else { return nil }
            let actor = ActorID(try reader.bytes16("actor"))
            place = Place(
                machine: try reader.bytes("machine", atMost: 256), fileSystem: try reader.unsigned("file system"),
                inode: try reader.unsigned("inode"))
            self.actor = actor
            heads = []
            for _ in 0..<(try reader.array("heads", atMost: Limits.logs)) {
                try reader.array("head", exactly: 3)
                guard let log = LogID(parsing: try reader.text("log", atMost: 256)) else { return nil }
                let seq = try reader.unsigned("seq")
                let hash = ChangeHash(try reader.bytes32("hash"))
                heads.append(Head(log: log, actor: actor, seq: seq, hash: hash))
            }
            try reader.finish()
        } catch {
            return nil
        }
    }
}

/// What an anchor betrays. The names are shown.
enum AnchorDoubt: String {
    case missing = "anchor-missing"
    case damaged = "anchor-damaged"
    /// The store stands elsewhere than its anchor says.
    case copied = "store-copied"
    /// It lacks what its anchor names.
    case restored = "store-restored"
    /// It lacks what its mark names, which was saved last.
    case lost = "changes-lost"
}

extension Store {
    static let anchorName = "anchor"
    private static func anchorPath(_ directory: String) -> String { "\(directory)/\(anchorName)" }

    /// Compares the anchor with the database; in doubt, this device goes on under a new actor.
    func checkAnchor() throws {
        guard let doubt = try anchorDoubt(), !PlantedFault.keepActorAfterRestore.isOn else { return }
        try db.transaction { try beginEpoch(alert: doubt.rawValue) }
        try anchorEpoch()
    }

    /// Why this device cannot go on under its present actor; nil where it can.
    func anchorDoubt() throws -> AnchorDoubt? {
        // Both files before the database: what another process writes meanwhile is then no reason to doubt.
        let mark = readMark()
        let isThere = configuration.disk.exists(Self.anchorPath(configuration.directory))
        let anchor = isThere ? try readAnchor() : nil
        let isLost = try mark.map { try !holds($0) } ?? false
        guard isThere else { return isLost ? .lost : .missing }
        guard let anchor else { return .damaged }
        // What lacks something has lost it, wherever it stands: a file that is put back stands in another place, too.
        if anchor.actor != (try currentActor()) { return .restored }
        for head in anchor.heads where try change(head.log, head.point)?.hash != head.hash { return .restored }
        if isLost { return .lost }
        return anchor.place != configuration.place(Self.databasePath(configuration.directory)) ? .copied : nil
    }

    /// Nil where the file is none of this store's.
    private func readAnchor() throws -> Anchor? {
        do {
            return Anchor(decoding: try readFile(Self.anchorName, maximumBytes: 1 << 20))
        } catch StoreError.damaged {
            return nil
        }
    }

    /// From here on this device writes under a new actor. Inside a transaction.
    func beginEpoch(alert: String) throws {
        try setMeta("nonce", environment.random16().bytes)
        try setMeta("alert", Array(alert.utf8))
        try audit("new actor: \(alert)")
        epochBegan = true
    }

    /// Once a new epoch is committed: the anchor of the last one would betray this store to itself.
    func anchorEpoch() throws {
        guard epochBegan else { return }
        epochBegan = false
        lastAnchored = nil
        try writeAnchor(heads: [])
    }

    /// Makes durable what this device's heads are, before any of them leaves the machine.
    func writeAnchor(heads: [Head]) throws { try writeAnchor(actor: currentActor(), heads: heads) }

    func writeAnchor(actor: ActorID, heads: [Head]) throws {
        let anchor = Anchor(
            actor: actor, place: configuration.place(Self.databasePath(configuration.directory)),
            heads: heads)
        try writeFile(anchor.encoded(), Self.anchorName)
    }

    /// Why this store went on under a new actor, if it did: shown by `stoep status`.
    package func alert() throws -> String? {
        try meta("alert").map { String(decoding: $0, as: UTF8.self) }
    }
}
