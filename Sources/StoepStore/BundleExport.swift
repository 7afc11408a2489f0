import StoepModel
import StoepSQLite
import StoepWire

/// What a bundle came to.
package struct BundleWritten: Equatable, Sendable {
    package var logs: [LogID] = []
    /// Changes, of any author.
    package var changes = 0
    /// Of the whole file.
    package var bytes = 0
    /// Those to whom at least one log is sealed.
    package var readers = 0
}

/// A bundle in the making: what this replica holds, of any author, each log sealed to its readers. A piece a step, so
/// that no more than one is in memory; the file takes its place when it is whole.
package final class BundleExport {
    private let store: Store
    private let path: String
    /// What the other holds already.
    private let have: HeadList
    private let scratch: UnnamedFile
    private var waiting: ArraySlice<LogID>
    private var current: Current?
    private var sealed: [SealedLog] = []
    private var written = BundleWritten()
    private var readers: Set<SealingKey> = []

    /// The sealed log that pieces are added to.
    private struct Current {
        let log: LogID
        let key: BundleKey
        /// What the other holds once it has what was sealed so far.
        var held: [ChangePoint]
        var pieces: [BundlePieceEntry] = []
    }

    /// - Parameters:
    ///   - path: where the bundle is to stand. An older bundle there is replaced, anything else refused.
    ///   - have: what whoever it is for holds; empty for everything.
    ///   - logs: only these; nil for all that are here.
    package init(_ store: Store, to path: String, beyond have: HeadList = .empty, only logs: [LogID]? = nil) throws {
        self.store = store
        self.path = path
        self.have = have
        try StoreError.naming(path) {
            try Self.refuseOthers(path)
            try Self.refuseOthers(path + StreamedFile.suffix, mayBeEmpty: true)
        }
        // The manifest stands before the pieces and is known after them. They wait on our own disk: a stick is slow.
        // Where ours is full, the stick may be what makes room on it.
        let beside = store.isTight ? path : store.configuration.directory + "/.bundle"
        scratch = try Store.translating { try store.configuration.disk.unnamedFile(beside: beside) }
        try store.prepareToSend()
        let held = try store.read { try store.logs() }
        waiting = Store.sendingOrder(held.filter { logs?.contains($0) ?? true })[...]
    }

    /// - Parameter mayBeEmpty: of what an export that was killed left, nothing may be written yet.
    private static func refuseOthers(_ path: String, mayBeEmpty: Bool = false) throws {
        let file: SourceFile
        do {
            file = try SourceFile(path)
        } catch  where error.isMissing {
            return
        } catch {
            throw StoreError.fileInTheWay(path)
        }
        guard BundleHead.isBundle(try file.read(at: 0, count: BundleHead.bytes)) || mayBeEmpty && file.count == 0 else {
            throw StoreError.fileInTheWay(path)
        }
    }

    /// Seals the next piece; false once there is none.
    package func step() throws -> Bool {
        guard var open = try current ?? next() else { return false }
        let log = open.log
        let out = try store.read {
            try store.segments(beyond: HeadList([log: open.held]), in: .all, of: [log])
        }
        if out.segments.isEmpty {
            current = nil
            try close(open)
            return true
        }
        let cryptography = store.environment.cryptography
        let piece = BundlePiece(log: log, segments: out.segments.map(\.packed))
        let bytes = open.key.seal(piece, number: open.pieces.count, cryptography)
        try Store.translating { try scratch.append(bytes) }
        open.pieces.append(BundlePieceEntry(length: bytes.count, digest: cryptography.sha256(bytes)))
        open.held += out.segments.map(\.head.point)
        written.changes += out.changes
        current = open
        if !out.more {
            current = nil
            try close(open)
        } else if open.pieces.count == Limits.pieces {
            try close(open)
            current = try begin(log, held: open.held)
        }
        return true
    }

    private func next() throws -> Current? {
        guard let log = waiting.popFirst() else { return nil }
        return try begin(log, held: have[log])
    }

    private func begin(_ log: LogID, held: [ChangePoint]) throws -> Current {
        guard sealed.count < Limits.logs else { throw StoreError.tooLarge("bundle") }
        guard let key = Bytes32(store.environment.random(32)) else {
            preconditionFailure("the generator gave another number of bytes than was asked for")
        }
        return Current(log: log, key: BundleKey(key, space: store.space, index: sealed.count), held: held)
    }

    /// Seals the key to all who may read the log now.
    private func close(_ done: Current) throws {
        guard !done.pieces.isEmpty else { return }
        let keys = try store.read { try store.readers(of: done.log) }
        let environment = store.environment
        let recipients = keys.sorted().prefix(Limits.recipients).compactMap {
            done.key.sealed(to: $0, ephemeralSecret: environment.random(32), environment.cryptography)
        }
        sealed.append(SealedLog(recipients: recipients, pieces: done.pieces))
        readers.formUnion(keys)
        if written.logs.last != done.log { written.logs.append(done.log) }
    }

    /// Puts the bundle in its place, durable, and leaves an audit record.
    package func finish() throws -> BundleWritten {
        let manifest = BundleManifest(space: store.space, time: store.environment.now(), logs: sealed).encoded()
        guard manifest.count <= Limits.manifestBytes else { throw StoreError.tooLarge("bundle") }
        let head = BundleHead.encoded(manifestBytes: manifest.count)
        written.bytes = head.count + manifest.count + scratch.count
        written.readers = readers.count
        try StoreError.naming(path) {
            let file = try StreamedFile(replacing: path)
            try file.append(head + manifest)
            try scratch.copy(to: file)
            try file.finish()
        }
        try store.write(usingBallast: true) {
            try store.audit("bundle export: \(written.logs.count) logs, \(written.changes) changes")
        }
        return written
    }
}

extension StoreError {
    /// Names the file that somebody asked for in what kept it from being used.
    static func naming<T>(_ path: String, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as FileError {
            throw StoreError.file(path, errno: error.code)
        }
    }
}
