import CSQLite
import StoepSQLite
import StoepTestSupport
import Synchronization

/// The disk of one simulated machine: in memory, and what goes wrong on it is decided by the calls and by the random
/// numbers that it is given.
///
/// What was written is in the machine's cache at once, and on the platter once it was synced. At a power cut each
/// write that was not synced may stand, be lost or be torn at sectors, in any order; the
/// names that were made, changed or taken away since their folder was synced may stand or not.
///
/// A write never touches bytes beside its own, torn or not: SQLite's "powersafe overwrite", which its own VFS assumes.
// Unchecked: a simulated machine is driven by one thread at a time, and only tests make one.
package final class SimulatedDisk: Disk, @unchecked Sendable {
    package let name: String
    package var vfsName: String? { registered.name }

    /// So many further operations that change the disk succeed. The power fails during the next: what comes of that
    /// one is known only after a restart.
    package var powerFailsAfter: Int?
    /// Every operation fails and changes nothing, until the machine is started again.
    package internal(set) var isDown = false
    /// Room for the content of all files together; nil is without end.
    package var capacityBytes: Int?
    /// Changes to names reach the platter in the order in which they were made, and a sync that brings one brings all
    /// before it: so it is on ext4 and XFS, which have one journal. False: each by itself, as a file system may.
    package var keepsOrderOfNames = true
    /// What really happened, since the start.
    package internal(set) var faultCounts: [FaultKind: Int] = [:]
    /// Operations that change the disk, since the start: what `powerFailsAfter` counts. Those that `failOperation` stops
    /// before they touch anything are not among them.
    package internal(set) var operations = 0
    /// Files that SQLite has open, those from before a restart among them.
    package internal(set) var openFiles = 0

    let random: SeededRandom
    /// Counts the starts. A handle from an earlier one is dead for ever.
    var generation = 0
    /// What stands where, as programs see it.
    var files: [String: StoredFile] = [:]
    var folders: Set<String> = []
    /// The same as it stands on the platter, and what has yet to come there.
    var durableFiles: [String: StoredFile] = [:]
    var durableFolders: Set<String> = []
    var pendingNames: [NameChange] = []
    var plans: [FaultKind: FaultPlan] = [:]
    /// The store locks that are held, by path, and what their holder is called.
    var heldLocks: [String: (lock: ObjectIdentifier, holder: String)] = [:]
    var nextSQLiteSeed: UInt32
    private var registered: RegisteredVFS

    /// Numbers the disks of a process, as a VFS is found by its name.
    private static let made = Atomic<Int>(0)

    package init(name: String, random: SeededRandom) {
        self.name = name
        self.random = random
        nextSQLiteSeed = UInt32(truncatingIfNeeded: random.next())
        let number = Self.made.add(1, ordering: .relaxed).newValue
        registered = RegisteredVFS(name: "\(name)-\(number)")
        registered.register(for: self)
    }

    /// SQLite may ask the VFS until the last file is closed, and each open file keeps the disk.
    deinit { registered.free() }

    /// Ends the machine for good: its files are gone, and nothing finds the disk any more. Connections that are still
    /// open may be closed afterwards.
    package func retire() {
        registered.unregister()
        generation += 1
        isDown = true
        forgetLocks()
        files = [:]
        durableFiles = [:]
        pendingNames = []
    }

    // MARK: Power

    package func cutPower() {
        guard !isDown else { return }
        isDown = true
        powerFailsAfter = nil
        note(.crash)
    }

    /// Starts the machine again, after a power cut or with one.
    /// - Parameter keepingUnsynced: only the processes were killed; what they wrote stays, and their locks go.
    package func restart(keepingUnsynced: Bool = false) {
        if !keepingUnsynced {
            cutPower()
            settleNames()
            // In an order that is always the same, as each draws random numbers.
            for (_, file) in durableFiles.sorted(by: { $0.key < $1.key }) { file.losePower(random) { note($0) } }
            files = durableFiles
            folders = durableFolders
        }
        generation += 1
        forgetLocks()
        isDown = false
        powerFailsAfter = nil
    }

    private func forgetLocks() {
        heldLocks = [:]
        for file in files.values { file.forgetLocks() }
    }

    /// Counts an operation that changes the disk.
    /// - Returns: whether the power fails during it. The caller then does it as far as it goes without a sync, and
    ///   ends with `cutPower`.
    func powerFailsNow() -> Bool {
        operations += 1
        guard let left = powerFailsAfter else { return false }
        powerFailsAfter = left - 1
        return left <= 0
    }

    func note(_ kind: FaultKind) { faultCounts[kind, default: 0] += 1 }
}
