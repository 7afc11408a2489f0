import StoepMerge
import StoepModel
import StoepStore

/// A client's replica of a space: records, lists, edits, and syncs through a transport that the host supplies.
///
/// Synchronous: every call waits for the disk, and `join` and `sync` for the network. One isolation owns it (an actor
/// or a process's main thread). Several processes may have the same store open.
public final class Replica {
    public let directory: String
    package let store: Store
    /// The member for whom this device writes.
    package let member: RecordID

    /// Opens the store in a directory.
    /// - Parameters:
    ///   - directory: where the store stands.
    ///   - holder: shown to others who wait for this process: "stoep sync".
    ///   - waitMilliseconds: how long to wait for another process that writes.
    ///   - passphrase: the store's, where it is locked.
    ///   - mendsPages: whether bits that fell over on the disk are turned back first, which reads all of the file.
    ///   - environment: clock, randomness and cryptography; the machine's own unless given.
    ///   - forget: destroys what the host keeps of a record beside the store, once it is erased; before the daemon is
    ///     told that it is gone, perhaps more than once.
    /// - Throws: `storeNotFound`, `locked`, `wrongPassphrase`, `newerVersion`, `damaged`, `disk`.
    public convenience init(
        directory: String, holder: String, waitMilliseconds: Int = 5000, passphrase: [UInt8]? = nil,
        mendsPages: Bool = false, environment: StoepModel.Environment = .system, forget: @escaping (RecordID) throws -> Void = { _ in }
    ) throws(ReplicaError) {
        var configuration = Self.configuration(directory, holder, waitMilliseconds)
        configuration.forget = forget
        configuration.mendsPages = mendsPages
        if let passphrase { configuration.protection = .passphrase(passphrase) }
        try self.init(configuration, environment)
    }

    /// Opens the store that a configuration describes: on a disk of the caller's, for one.
    package convenience init(
        _ configuration: Store.Configuration, _ environment: StoepModel.Environment
    ) throws(ReplicaError) {
        let directory = configuration.directory
        let (store, member) = try ReplicaError.naming {
            let store = try Store.open(configuration, environment)
            guard let member = try store.meta(Meta.member).flatMap({ RecordID(bytes: $0) }) else {
                throw ReplicaError.storeNotFound(directory: directory)
            }
            return (store, member)
        }
        self.init(directory, store, member)
    }

    init(_ directory: String, _ store: Store, _ member: RecordID) {
        self.directory = directory
        self.store = store
        self.member = member
    }

    /// Lets go of the files. Using the replica after this throws.
    public func close() { store.close() }

    static func configuration(_ directory: String, _ holder: String, _ wait: Int) -> Store.Configuration {
        var configuration = Store.Configuration(directory: directory, holder: holder)
        configuration.lockTimeoutMilliseconds = wait
        configuration.ballastBytes = Store.usualBallastBytes
        return configuration
    }

    /// What this store alone knows, beside the log.
    enum Meta {
        static let member = "member"
        static let memberName = "member-name"
        static let role = "role"
        /// What the invitation said, until the roster is here: names joined by line breaks.
        static let partitions = "invited-partitions"
        static let daemonKey = "daemon-key"
        static let daemonAddress = "daemon-address"
        /// The area of the last conversation.
        static let area = "last-area"
        /// What the last import made and changed: a line each, an id, and of what changed the change's check.
        static let lastImport = "last-import"
    }

    func text(_ key: String) throws -> String? {
        try store.meta(key).map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: People

    /// Who a member is, as far as the roster here tells.
    func person(_ id: RecordID?) throws -> Person {
        guard let id else { return Person(id: nil, name: nil) }
        if case .text(let name)? = try store.stored(id).value(Field.Member.name) { return Person(id: id, name: name) }
        return Person(id: id, name: id == member ? try text(Meta.memberName) : nil)
    }

    /// Who members are, and what areas and records are called: each looked up once, within one read.
    struct People {
        /// Names that are kept at once: what is held does not grow with all that is gone through.
        private static let limit = 20_000
        let replica: Replica
        private var members: [RecordID: Person] = [:]
        private var actors: [ActorID: RecordID?] = [:]
        private var areas: [String: Area] = [:]
        private var names: [RecordID: String?] = [:]
        /// Most of a record has one author.
        private var last: (actor: ActorID, person: Person)?

        init(_ replica: Replica) { self.replica = replica }

        /// The area of a code.
        mutating func area(code: String) throws -> Area {
            if let known = areas[code] { return known }
            if areas.count >= Self.limit { areas = [:] }
            let area = try replica.area(code: code)
            areas[code] = area
            return area
        }

        /// What people call a record; nil where it is not here, or has no name.
        mutating func name(of id: RecordID, in collection: CollectionNumber) throws -> String? {
            if let known = names[id] { return known }
            if names.count >= Self.limit { names = [:] }
            let name = try replica.recordName(id, of: collection)
            names[id] = .some(name)
            return name
        }

        mutating func member(_ id: RecordID?) throws -> Person {
            guard let id else { return Person(id: nil, name: nil) }
            if let known = members[id] { return known }
            let person = try replica.person(id)
            members[id] = person
            return person
        }

        mutating func author(_ actor: ActorID) throws -> Person {
            if let last, last.actor == actor { return last.person }
            let id: RecordID?
            if let known = actors[actor] {
                id = known
            } else {
                id = try replica.store.member(ofActor: actor)
                actors[actor] = .some(id)
            }
            let person = try member(id)
            last = (actor, person)
            return person
        }
    }

    // MARK: Ids

    /// The record whose id begins with these digits.
    /// - Throws: `notAnID`, `unknownID`, `ambiguousID`.
    public func record(
        beginning prefix: String, of collection: CollectionNumber? = nil
    ) throws(ReplicaError) -> RecordID {
        try ReplicaError.naming {
            guard let found = try store.read({ try store.records(beginning: prefix, of: collection, limit: 20) })
            else { throw ReplicaError.notAnID(prefix) }
            guard let id = found.first else { throw ReplicaError.unknownID(prefix) }
            guard found.count == 1 else { throw ReplicaError.ambiguousID(prefix, found) }
            return id
        }
    }

    /// As many digits of an id as tell it from every other here, and no fewer than eight.
    public func shortID(_ id: RecordID) -> String {
        let digits = id.description
        for count in stride(from: 8, to: digits.utf8.count, by: 4) {
            let prefix = String(digits.prefix(count))
            do throws(ReplicaError) {
                _ = try record(beginning: prefix)
                return prefix
            } catch {
                guard case .ambiguousID = error else { return prefix }
            }
        }
        return digits
    }
}
