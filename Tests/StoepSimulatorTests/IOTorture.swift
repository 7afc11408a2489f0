import Glibc
import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// Each call to the disk fails in its turn: Tools/torture io.
struct IOTorture {
    /// What fails: an operation of the disk, or room on it.
    private enum Fault: Hashable {
        case disk(FaultKind)
        case full

        static let all: [Fault] =
            [FaultKind.read, .write, .sync, .truncate, .open, .delete, .fileWrite, .fileSync].map { .disk($0) } + [.full]
    }

    /// More calls than any deed makes.
    private static let most = 2000

    @Test
    func `whichever call fails: it is rolled back, told by its name, and right afterwards`() throws {
        let torture = Torture("io", rounds: 1)
        var (failures, refused) = (0, 0)
        for round in 0..<torture.rounds {
            let seed = torture.seed(of: round)
            let random = SeededRandom(seed: seed)
            // Short: now and then a call.
            let step = torture.isShort ? 48 : 1
            for deed in FailingLaptop.Deed.allCases {
                let faults = torture.isShort ? random.shuffled(Fault.all)[..<3] : Fault.all[...]
                for fault in faults {
                    let laptop = try FailingLaptop(seed: seed)
                    for call in stride(from: random.below(step), to: Self.most, by: step) {
                        let what = "\(deed), \(fault) at call \(call), seed \(seed)"
                        let outcome = try attempt(deed, fault, at: call, laptop, what)
                        guard outcome.happened else { break }
                        failures += 1
                        if outcome.isRefused { refused += 1 }
                        guard outcome.isSound else { break }
                    }
                }
            }
        }
        torture.tell(
            """
            \(failures) failures in \(FailingLaptop.Deed.allCases.count) scenarios, of which \(refused) were told and \
            the others got over: all rolled back or done, doctor clean, and right afterwards
            """)
    }

    private struct Attempt {
        var happened = false
        var isRefused = false
        var isSound = true
    }

    private func attempt(
        _ deed: FailingLaptop.Deed, _ fault: Fault, at call: Int, _ laptop: FailingLaptop, _ what: String
    ) throws -> Attempt {
        var outcome = Attempt()
        try laptop.prepare(deed)
        let disk = laptop.disk
        let before = disk.faultCounts
        arm(fault, call, disk)
        do {
            try laptop.perform(deed)
        } catch {
            outcome.isRefused = true
            #expect(isNamed(error, as: fault), "\(what): \(error)")
        }
        outcome.happened = disk.faultCounts != before
        disarm(disk)
        if fault == .disk(.sync), outcome.happened, outcome.isRefused, let store = laptop.store {
            // What the system still has in memory is not taken for written.
            #expect(throws: StoreError.self, "\(what): a failed fsync is trusted") {
                try store.save([.conversation("na een mislukte fsync")])
            }
        }
        laptop.restart(isKilled: fault != .disk(.sync))
        let complaints = try laptop.complaints(isDurable: fault == .disk(.sync))
        #expect(complaints == [], "\(what)")
        outcome.isSound = complaints.isEmpty
        if outcome.happened, outcome.isSound {
            try laptop.prepare(.record)
            try laptop.perform(.record)
        }
        return outcome
    }

    private func arm(_ fault: Fault, _ call: Int, _ disk: SimulatedDisk) {
        switch fault {
        case .disk(let kind): disk.failOperation(kind, after: call)
        case .full: disk.capacityBytes = disk.usedBytes + 512 * call
        }
    }

    private func disarm(_ disk: SimulatedDisk) {
        disk.heal()
        disk.capacityBytes = nil
    }

    /// Whether a person is told what it was.
    private func isNamed(_ error: any Error, as fault: Fault) -> Bool {
        switch (error as? StoreError, fault) {
        case (.full, .full), (.disk, .disk): true
        // The key file may stand on another disk: it is told which file it was.
        case (.file(_, EIO), .disk): true
        default: false
        }
    }
}
