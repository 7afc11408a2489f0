import Glibc
import StoepModel
import StoepSQLite
import StoepStore
import StoepWire

/// Every erasure that this daemon countersigned, in a file kept apart from its data directory and its backups
/// (`DESIGN` §6): a store restored from a backup has forgotten what was erased since, and must not serve it.
///
/// A CBOR sequence (RFC 8742): `[1, space, id]`, then for each erasure `[log, record, collection, successor / null]`,
/// each durable before the erasure it stands for is. What a crash left half written at the end is taken off.
package final class ErasureLedger {
    package let path: String
    /// Tells this ledger from another that stands in its place.
    let id: Bytes16
    private(set) var entries: [LedgerEntry]

    private let disk: any Disk
    private var known: Set<LedgerEntry>
    /// Bytes of the file that are whole entries, and durable.
    private var length: Int
    /// Why nothing more is appended until the ledger is opened again: what stands at its end is not known.
    private var failure: DaemonError?

    private init(path: String, on disk: any Disk, id: Bytes16, entries: [LedgerEntry], length: Int) {
        self.path = path
        self.disk = disk
        self.id = id
        self.entries = entries
        self.length = length
        known = Set(entries)
    }

    /// Bytes that a ledger may have: a million erasures.
    private static let maximumBytes = 128 << 20

    /// Begins a ledger with what was erased before. Replaces nothing.
    static func create(
        path: String, on disk: any Disk, space: SpaceID, id: Bytes16, entries: [LedgerEntry]
    ) throws -> ErasureLedger {
        guard !disk.exists(path) else { throw DaemonError.file(path: path, code: EEXIST) }
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(space)
        writer.bytes(id)
        for entry in entries { writer.entry(entry) }
        try Self.naming { () throws(FileError) in try disk.write(writer.bytes, to: path) }
        return ErasureLedger(path: path, on: disk, id: id, entries: entries, length: writer.bytes.count)
    }

    /// Reads the ledger of this space; nil where there is none, or something else.
    static func open(path: String, on disk: any Disk, space: SpaceID) throws -> ErasureLedger? {
        guard disk.exists(path) else { return nil }
        let bytes = try Self.naming { () throws(FileError) in
            try disk.read(path, maximumBytes: maximumBytes)
        }
        var reader = CBORReader(bytes)
        guard (try? reader.array("ledger", exactly: 3)) != nil, (try? reader.unsigned("version")) == 1,
            (try? reader.bytes32("space")).map({ SpaceID($0) }) == space, let id = try? reader.bytes16("id")
        else { return nil }
        var entries: [LedgerEntry] = []
        var end = reader.offset
        while reader.offset < bytes.count {
            guard let entry = try? reader.entry() else { break }
            entries.append(entry)
            end = reader.offset
        }
        // A crash leaves less than one entry; anything else is damage, of which nothing is taken off.
        guard bytes.count - end < 256 else { return nil }
        if end < bytes.count {
            try Self.naming { () throws(FileError) in try disk.truncate(path, to: end) }
        }
        return ErasureLedger(path: path, on: disk, id: id, entries: entries, length: end)
    }

    /// Whether a file is a ledger in which nothing stands yet.
    static func isEmpty(path: String, on disk: any Disk = SystemDisk()) throws -> Bool {
        let bytes = try Self.naming { () throws(FileError) in
            try disk.read(path, maximumBytes: maximumBytes)
        }
        var reader = CBORReader(bytes)
        guard (try? reader.array("ledger", exactly: 3)) != nil, (try? reader.unsigned("version")) == 1,
            (try? reader.bytes32("space")) != nil, (try? reader.bytes16("id")) != nil
        else { return false }
        return reader.isAtEnd
    }

    /// Appends entries; durable on return. An entry that stands there already is not written again.
    ///
    /// What an append that failed may have written is taken off, so that the next one does not go behind it.
    func append(_ fresh: [LedgerEntry]) throws(DaemonError) {
        if let failure { throw failure }
        let fresh = fresh.filter { !known.contains($0) }
        guard !fresh.isEmpty else { return }
        var writer = CBORWriter()
        for entry in fresh { writer.entry(entry) }
        do throws(DaemonError) {
            try Self.naming { () throws(FileError) in try disk.append(writer.bytes, to: path) }
        } catch {
            do throws(FileError) { try disk.truncate(path, to: length) } catch { failure = Self.named(error) }
            throw error
        }
        length += writer.bytes.count
        entries += fresh
        known.formUnion(fresh)
    }

    /// Erases with entries that are made durable first. Where that fails and nothing was erased they are taken off again:
    /// else the next start would erase what somebody was told was not. (After a crash in between it does.)
    /// - Parameter body: is given what keeps entries.
    func erasing<T>(in store: Store, _ body: (([LedgerEntry]) throws -> Void) throws -> T) throws -> T {
        let before = (entries: entries.count, length: length)
        do {
            return try body { try append($0) }
        } catch {
            let kept = entries[before.entries...]
            let isErased = (try? store.read { try kept.contains { try store.isErased($0.record, in: $0.log) } }) ?? true
            if !kept.isEmpty, !isErased, (try? disk.truncate(path, to: before.length)) != nil {
                known.subtract(kept)
                entries.removeSubrange(before.entries...)
                length = before.length
            }
            throw error
        }
    }

    private static func naming<T>(_ body: () throws(FileError) -> T) throws(DaemonError) -> T {
        do {
            return try body()
        } catch {
            throw named(error)
        }
    }

    private static func named(_ error: FileError) -> DaemonError { .file(path: error.path, code: error.code) }
}

extension CBORWriter {
    fileprivate mutating func entry(_ entry: LedgerEntry) {
        array(4)
        log(entry.log)
        bytes(entry.record)
        unsigned(UInt64(entry.collection.rawValue))
        if let successor = entry.successor { bytes(successor) } else { null() }
    }
}

extension CBORReader {
    fileprivate mutating func entry() throws(WireError) -> LedgerEntry {
        try array("entry", exactly: 4)
        return LedgerEntry(
            log: try log(), record: RecordID(try bytes16("record")),
            collection: CollectionNumber(rawValue: try unsigned32("collection")),
            successor: null() ? nil : RecordID(try bytes16("successor")))
    }
}

/// Why a daemon serves nothing but the roster and the authority's own operations until a coordinator has looked.
package enum RecoveryReason: String, Sendable {
    /// The ledger is not there, or is another's.
    case ledgerMissing = "ledger-missing"
    /// The ledger lacks what this store knows to have been erased.
    case ledgerBehind = "ledger-behind"
}

/// The ledger and the store, held against each other.
package struct LedgerKeeping {
    let store: Store
    let path: String
    private var disk: any Disk { store.configuration.disk }

    package init(store: Store, path: String) {
        self.store = store
        self.path = path
    }

    private enum Meta {
        static let id = "ledger-id"
        static let recovery = "recovery"
    }

    /// Begins the ledger of a new space.
    package static func begin(_ store: Store, path: String) throws {
        let id = store.environment.random16()
        _ = try ErasureLedger.create(
            path: path, on: store.configuration.disk, space: store.space, id: id, entries: [])
        try store.write { try store.setMeta(Meta.id, id.bytes) }
    }

    /// Opens the ledger and holds it against the store. What the store has forgotten is erased again; where the ledger
    /// itself cannot be relied on, recovery mode begins.
    func open() throws -> ErasureLedger? {
        let known = try store.read {
            (
                id: try store.meta(Meta.id), erased: try store.ledgerEntries(),
                fresh: Set(try store.ledgerEntries(unledgered: true).map(\.place))
            )
        }
        guard let ledger = try ErasureLedger.open(path: path, on: disk, space: store.space), ledger.id.bytes == known.id else {
            try enterRecovery(.ledgerMissing)
            return nil
        }
        let held = Set(ledger.entries.map(\.place))
        if known.erased.contains(where: { !held.contains($0.place) && !known.fresh.contains($0.place) }) {
            try enterRecovery(.ledgerBehind)
        } else {
            try follow(ledger)
        }
        try redo(ledger.entries)
        return ledger
    }

    /// Tells the ledger what was erased elsewhere: by another daemon of the space, which has a ledger of its own.
    func follow(_ ledger: ErasureLedger) throws {
        let fresh = try store.read { try store.ledgerEntries(unledgered: true) }
        guard !fresh.isEmpty else { return }
        try ledger.append(fresh)
        try store.write { try store.noteLedgered(fresh) }
    }

    /// Erases again what the store has forgotten that it erased.
    private func redo(_ entries: [LedgerEntry]) throws {
        let forgotten = try store.read { try entries.filter { try !store.isErased($0.record, in: $0.log) } }
        for entry in forgotten {
            try store.write {
                try store.foldControl()
                try store.erase(store.replacingMember(entry)) { _ in }
            }
        }
    }

    /// Why recovery mode is on; nil where it is not.
    func recovery() throws -> RecoveryReason? {
        try store.read { try store.meta(Meta.recovery) }
            .flatMap { RecoveryReason(rawValue: String(decoding: $0, as: UTF8.self)) }
    }

    private func enterRecovery(_ reason: RecoveryReason) throws {
        guard try recovery() == nil else { return }
        try store.write {
            try store.setMeta(Meta.recovery, Array(reason.rawValue.utf8))
            try store.audit("recovery mode: \(reason.rawValue)")
        }
    }

    /// A coordinator has seen to it that nothing erased is served: the ledger goes on with all that the store knows.
    func lift() throws -> ErasureLedger {
        let erased = try store.read { try store.ledgerEntries() }
        let ledger: ErasureLedger
        if let held = try ErasureLedger.open(path: path, on: disk, space: store.space) {
            try held.append(erased)
            ledger = held
        } else {
            if disk.exists(path) { try Store.translating { try disk.rename(path, to: path + ".foreign") } }
            ledger = try ErasureLedger.create(
                path: path, on: disk, space: store.space, id: store.environment.random16(), entries: erased)
        }
        // What a ledger holds that was put in the place of another, and what an authority erased that has been replaced
        // by one that did not know of it.
        try redo(ledger.entries)
        let masked = try store.read { try store.maskedErasures() }
        try ledger.append(masked)
        try redo(masked)
        try store.write {
            try store.noteLedgered(erased)
            try store.setMeta(Meta.id, ledger.id.bytes)
            try store.removeMeta(Meta.recovery)
            try store.audit("recovery mode lifted")
        }
        return ledger
    }
}

extension LedgerEntry {
    fileprivate struct Place: Hashable {
        let log: LogID
        let record: RecordID
    }

    fileprivate var place: Place { Place(log: log, record: record) }
}
