import StoepModel
import StoepSQLite
import StoepWire

/// What taking in a bundle came to.
package struct BundleTaken: Equatable, Sendable {
    /// Those of which something was in it for this device.
    package var logs: [LogID] = []
    /// Changes that were new here.
    package var fresh = 0
    /// Names of the reasons for which segments were not taken, each as often as it occurred.
    package var refused: [String] = []
    /// Sealed logs that stay closed to this device; the file can be carried on to those who can open them.
    package var sealedToOthers = 0
    /// Logs that it could open, and that the roster here does not let it read: left out.
    package var notReadable: [LogID] = []
    /// How many pieces an earlier attempt had applied.
    package var resumedAfter = 0
}

/// A bundle that is being taken in: first all of it is checked, then it is applied, a piece a step, each with a marker in
/// the same transaction, so that a second attempt goes on where the first was cut. What is here already stays as it is.
/// It says nothing of what a daemon holds: no cursor moves, and nothing is noted as known to one.
package final class BundleImport {
    private let store: Store
    private let member: RecordID?
    let reading: BundleReading
    private let marker: String
    private var isChecked = false
    private var place = BundleReading.Place()
    /// How many pieces have been passed, of all in the file.
    private var passed = 0
    private var applied = 0
    /// Whether every piece so far was taken whole: the marker goes no further than the first that was not, so that the
    /// next attempt offers it again, to a roster that may read more by then.
    private var isWhole = true
    package private(set) var taken = BundleTaken()

    /// - Parameter member: for whom this device acts; nil for a daemon.
    package init(_ path: String, into store: Store, as member: RecordID?) throws {
        self.store = store
        self.member = member
        reading = try BundleReading(path, for: store)
        marker = "bundle-" + Hex.encode(reading.digest.bytes.prefix(8))
    }

    /// Checks or applies the next piece; false once it is done.
    package func step() throws -> Bool {
        if !isChecked {
            if try reading.check(counting: false) { return true }
            isChecked = true
            if reading.isForOthers { throw StoreError.bundle(.nothingForYou) }
            taken.sealedToOthers = reading.contents.sealedToOthers
            applied = try store.read { try appliedBefore() }
            taken.resumedAfter = applied
            return true
        }
        guard let here = reading.step(&place) else {
            try finish()
            return false
        }
        passed += 1
        guard let log = reading.contents.logs[here.log].log else { return true }
        if here.piece == 0 {
            let mayTake = try store.read { try store.mayTake(log, as: member) }
            if mayTake {
                if taken.logs.last != log { taken.logs.append(log) }
            } else {
                taken.notReadable.append(log)
            }
        }
        guard passed > applied, taken.logs.last == log, let piece = try reading.read(here) else { return true }
        try apply(piece)
        return true
    }

    private func apply(_ piece: BundlePiece) throws {
        let log = piece.log
        guard piece.segments.rawCount <= Limits.inflatedBytes else {
            isWhole = false
            taken.refused += piece.segments.map { _ in ErrorName.tooLarge }
            return
        }
        let outcome = try store.appendInPieces(
            piece.segments, goesOn: true, refusing: { $0 == log ? nil : "log-mismatch" }
        ) { part in
            isWhole = isWhole && !part.hasRefused && taken.notReadable.isEmpty
            guard part.isLast, isWhole else { return }
            var count: [UInt8] = []
            count.append(bigEndian: UInt64(passed))
            try store.setMeta(marker, count)
        }
        taken.fresh += outcome.fresh
        taken.refused += outcome.results.compactMap { $0 }
    }

    private func appliedBefore() throws -> Int {
        guard let bytes = try store.meta(marker), bytes.count == 8 else { return 0 }
        return Int(clamping: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private func finish() throws {
        try store.write {
            try store.removeMeta(marker)
            try store.audit("bundle import: \(taken.logs.count) logs, \(taken.fresh) changes")
        }
    }
}

extension Store {
    /// What a bundle holds, all of it checked.
    package func inspectBundle(_ path: String) throws -> BundleContents {
        let reading = try BundleReading(path, for: self)
        while try reading.check(counting: true) {}
        return reading.contents
    }
}
