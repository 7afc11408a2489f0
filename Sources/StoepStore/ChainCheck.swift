import StoepModel
import StoepWire

/// A change with all that its row has.
struct CheckedChange {
    let id: Int64
    let seq: UInt64
    var hash: [UInt8]
    let parent: Int64?
    var lamport: UInt64
    var time: UInt64
    var header: [UInt8]
    var body: [UInt8]
    var signature: [UInt8]?
    var missing: Int64
}

/// Holds the changes of one actor in one log against each other, one after the other in the order of their numbers: all
/// that a replica would check if they came from outside. However long the chain is, it remembers its ends alone.
struct ChainCheck {
    /// What is wrong with one change.
    enum Fault: Hashable {
        /// Its header cannot be read, or the row's own columns say otherwise.
        case header
        /// Its hash is not the one that follows.
        case hash
        /// What it goes on from is not here, or not the change before.
        case parent
        /// Its stamp is not beyond the one before.
        case lamport
        /// The actor does not follow from its device.
        case birth
        case signature
        /// One of its bodies, by the number of the block; nil where none of them can be read.
        case body(Int?)

        /// Whether the change itself is in doubt, and with it all that comes after.
        var isOfTheChange: Bool {
            switch self {
            case .header, .hash, .parent, .lamport, .birth: true
            case .signature, .body: false
            }
        }

        var name: String {
            switch self {
            case .header: "header"
            case .hash: "hash"
            case .parent: "parent"
            case .lamport: "lamport"
            case .birth: "actor"
            case .signature: "signature"
            case .body: "body"
            }
        }
    }

    private struct Link {
        /// As it stands in the row, and as it follows from the header: one of both holds the next.
        var hashes: Set<ChangeHash>
        let lamport: UInt64
    }

    let space: SpaceID
    let log: LogID
    let actor: ActorID
    let device: VerifyingKey?
    private let cryptography: Cryptography
    private let origin: ChangeHash
    private var seq: UInt64 = 0
    private var before: [Int64: Link] = [:]
    private var now: [Int64: Link] = [:]
    private var hasChild: Set<Int64> = []
    private var ended: Set<Int64> = []
    private(set) var bodies = 0
    private(set) var signatures = 0

    init(space: SpaceID, log: LogID, actor: ActorID, device: VerifyingKey?, _ cryptography: Cryptography) {
        self.space = space
        self.log = log
        self.actor = actor
        self.device = device
        self.cryptography = cryptography
        origin = ChangeHash.origin(space: space, log: log, actor: actor, cryptography)
    }

    /// The changes that nothing follows, once all were taken.
    var heads: Set<Int64> { ended.union(before.keys.filter { !hasChild.contains($0) }).union(now.keys) }

    /// What is wrong with the next change. It goes on from it all the same.
    mutating func take(_ change: CheckedChange) -> Set<Fault> {
        advance(to: change.seq)
        let faults = faults(of: change)
        if let parent = change.parent { hasChild.insert(parent) }
        var hashes = Set(ChangeHash(bytes: change.hash).map { [$0] } ?? [])
        for hash in hashesBefore(change) { hashes.insert(hash.next(header: change.header, cryptography)) }
        now[change.id] = Link(hashes: hashes, lamport: change.lamport)
        signatures += change.signature == nil ? 0 : 1
        bodies += (try? CBORReader.decodeBodies(change.body))?.count { $0 != nil } ?? 0
        return faults
    }

    private mutating func advance(to next: UInt64) {
        guard next != seq else { return }
        for id in before.keys where !hasChild.contains(id) { ended.insert(id) }
        if next == seq &+ 1 {
            before = now
        } else {
            ended.formUnion(now.keys)
            before = [:]
        }
        hasChild = []
        now = [:]
        seq = next
    }

    /// The hashes that a change may go on from: one, unless the row before it is damaged.
    private func hashesBefore(_ change: CheckedChange) -> Set<ChangeHash> {
        if change.seq == 1 { return change.parent == nil ? [origin] : [] }
        return change.parent.flatMap { before[$0]?.hashes } ?? []
    }

    /// What is wrong with a change that comes next; nothing is remembered of it.
    /// - Parameter bodies: whether its bodies are looked at.
    func faults(of change: CheckedChange, bodies: Bool = true) -> Set<Fault> {
        var faults: Set<Fault> = []
        let previous = hashesBefore(change)
        if previous.isEmpty { faults.insert(.parent) }
        guard let header = try? ChangeHeader(decoding: change.header) else { return faults.union([.header]) }
        if header.seq != change.seq || header.lamport != change.lamport || header.time.milliseconds != change.time {
            faults.insert(.header)
        }
        if let birth = header.birth {
            let isOwn = ActorID(space: space, birth: birth, cryptography) == actor && birth.device == device
            if !isOwn { faults.insert(.birth) }
        }
        if let parent = change.parent.flatMap({ before[$0] }) {
            let isBeyond = header.lamport > parent.lamport
                || header.lamport == Limits.counter && parent.lamport == Limits.counter
            if !isBeyond { faults.insert(.lamport) }
        }
        let hash = ChangeHash(bytes: change.hash)
        if !previous.isEmpty, !previous.contains(where: { $0.next(header: change.header, cryptography) == hash }) {
            faults.insert(.hash)
        }
        if let signature = change.signature, !holds(signature, hash, change.seq) { faults.insert(.signature) }
        return bodies ? faults.union(bodyFaults(change.body, header)) : faults
    }

    /// What is wrong with a change's bodies alone, where its header can be read.
    func bodyFaults(of change: CheckedChange) -> Set<Fault> {
        (try? ChangeHeader(decoding: change.header)).map { bodyFaults(change.body, $0) } ?? []
    }

    private func holds(_ signature: [UInt8], _ hash: ChangeHash?, _ seq: UInt64) -> Bool {
        guard let hash, let device, let signature = Signature(signature) else { return false }
        let head = Head(log: log, actor: actor, seq: seq, hash: hash)
        return SignedHead(head: head, signature: signature).verify(space: space, device: device, cryptography)
    }

    private func bodyFaults(_ bytes: [UInt8], _ header: ChangeHeader) -> Set<Fault> {
        guard let bodies = try? CBORReader.decodeBodies(bytes), bodies.count == header.blocks.count else {
            return [.body(nil)]
        }
        return Set(
            bodies.indices.filter { index in
                bodies[index].map { Commitment(to: $0, cryptography) != header.blocks[index].commitment } ?? false
            }.map { .body($0) })
    }
}
