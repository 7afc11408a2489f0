import StoepTestSupport

/// What goes wrong with a disk.
package enum FaultKind: String, CaseIterable, Sendable {
    // Those that can be ordered with `failOperation`.
    case read, write, sync, truncate, open, delete
    /// Of the files beside the database.
    case fileWrite, fileSync
    // Those that come of the power, of a capacity or of `flipBit`.
    case crash, tornWrite, lostWrite, lostName
    /// A write that stands although an earlier one to the same file does not.
    case reorderedWrite
    case full, bitFlip
}

/// Failures to come: first some operations succeed, then some fail.
struct FaultPlan {
    var after: Int
    var times: Int
}

extension SimulatedDisk {
    /// Has operations of one kind fail: `times` of them, once `after` have succeeded. Takes the place of an earlier
    /// order for the same kind.
    package func failOperation(_ kind: FaultKind, after: Int = 0, times: Int = 1) {
        plans[kind] = times > 0 ? FaultPlan(after: after, times: times) : nil
    }

    /// Operations that failed, by order or for want of room.
    var failures: Int {
        let kinds: [FaultKind] = [.read, .write, .sync, .truncate, .open, .delete, .fileWrite, .fileSync, .full]
        return kinds.reduce(0) { $0 + faultCounts[$1, default: 0] }
    }

    /// Takes back every order to fail.
    package func heal() { plans = [:] }

    /// Whether this operation was ordered to fail.
    func fails(_ kind: FaultKind) -> Bool {
        guard var plan = plans[kind] else { return false }
        if plan.after > 0 {
            plan.after -= 1
            plans[kind] = plan
            return false
        }
        plan.times -= 1
        plans[kind] = plan.times > 0 ? plan : nil
        note(kind)
        return true
    }

    /// How much of a write the disk has room for.
    func room(for count: Int, at offset: Int, of file: StoredFile) -> Int {
        guard let capacityBytes else { return count }
        let growth = max(0, offset + count - file.bytes.count)
        let missing = growth - max(0, capacityBytes - usedBytes)
        guard growth > 0, missing > 0 else { return count }
        note(.full)
        return max(0, count - missing)
    }

    /// Turns over one bit of one file that holds something, as a disk does in years.
    /// - Parameter among: only of these files.
    /// - Returns: where; nil when no file holds anything.
    package func flipBit(_ random: SeededRandom, among: Set<String>? = nil) -> (path: String, offset: Int)? {
        let paths = durableFiles.filter { !$0.value.durable.isEmpty && among?.contains($0.key) ?? true }.map(\.key).sorted()
        guard !paths.isEmpty else { return nil }
        let path = random.pick(paths)
        guard let file = durableFiles[path] else { return nil }
        let offset = random.below(file.durable.count)
        file.flipBit(random.below(8), ofByte: offset)
        note(.bitFlip)
        return (path, offset)
    }
}
