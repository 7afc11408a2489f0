import StoepModel
import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// One bit of database or write-ahead log turns over, as disks do in years: Tools/torture rot.
struct RotTorture {
    /// What came of a bit.
    fileprivate enum Outcome: String, CaseIterable {
        /// It stood where nothing is read: in a frame that has been written again, or before a checkpoint.
        case harmless = "did nothing"
        case refused = "kept the store from opening"
        case found = "found by doctor"
        case lost = "took the end of the log, and what no daemon had yet"
    }

    @Test
    func `whatever bit turns over: nothing wrong is shown or sent, doctor finds it, and the daemon brings back what it had`()
        throws
    {
        let torture = Torture("rot", rounds: 40)
        let scene = try RottenLaptop(seed: torture.seed)
        var (counts, healed, replaced): ([Outcome: Int], Int, Int) = ([:], 0, 0)
        for round in 0..<torture.rounds {
            let what = "seed \(torture.seed(of: round))"
            let outcome = try scene.turnOver(SeededRandom(seed: torture.seed(of: round)), what)
            counts[outcome, default: 0] += 1
            guard outcome != .harmless else { continue }
            if try scene.heal(what) { healed += 1 } else { replaced += 1 }
        }
        let told = Outcome.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }.joined(separator: ", ")
        torture.tell(
            """
            \(torture.rounds) bits: \(told). Nothing wrong was shown or sent. \(healed) stores were made whole from the \
            daemon, \(replaced) had to be joined anew
            """)
    }
}

/// A laptop that is as it was again and again, but for one bit.
private final class RottenLaptop {
    private let laptop: FailingLaptop
    private let image: SimulatedDisk.Image
    /// What each conversation says; and those of them that the daemon has.
    private let truth: [RecordID: String]
    private let synced: [RecordID: String]

    init(seed: UInt64) throws {
        laptop = try FailingLaptop(seed: seed)
        for deed in [.record, .pull, .recordMany, .editText, .push, .index, .pull, .erase, .push]
            as [FailingLaptop.Deed]
        {
            try laptop.prepare(deed)
            try laptop.perform(deed)
        }
        synced = try laptop.shown(laptop.opened)
        try laptop.opened.checkpoint()
        // In the log alone: some that was sent, and some that nobody else has.
        for deed in [.record, .record, .push] as [FailingLaptop.Deed] {
            try laptop.prepare(deed)
            try laptop.perform(deed)
        }
        for _ in 0..<2 { try laptop.perform(.record) }
        truth = try laptop.shown(laptop.opened)
        laptop.restart()
        image = laptop.disk.image()
    }

    func turnOver(_ random: SeededRandom, _ what: String) throws -> RotTorture.Outcome {
        laptop.restart()
        laptop.disk.load(image)
        let files: Set = [FailingLaptop.databasePath, FailingLaptop.logPath]
        let flipped = laptop.disk.flipBit(random, among: files)
        let what = "\(what), \(flipped.map { "\($0)" } ?? "")"
        do {
            try laptop.open()
        } catch let error as StoreError {
            #expect(error.isOfDamage, "\(what): \(error)")
            return .refused
        }
        let store = try laptop.opened
        var isReadable = true
        let shown: [RecordID: String]
        do { shown = try laptop.shown(store) } catch {
            #expect((error as? StoreError)?.isOfDamage == true, "\(what): \(error)")
            (shown, isReadable) = ([:], false)
        }
        #expect(shown.allSatisfy { truth[$0.key] == $0.value }, "\(what): shows what nobody said")
        let checkup: Checkup
        do { checkup = try store.checkup() } catch {
            Issue.record("\(what): doctor ends with \(error)")
            return .refused
        }
        let isFound = !checkup.isSound || checkup.anchorDoubt != nil
        // Whoever hears of it from this laptop hears nothing wrong.
        _ = try? laptop.space.sync(store)
        let heard: [RecordID: String]
        do { heard = try laptop.shown(laptop.space.hub) } catch {
            Issue.record("\(what): the daemon shows \(error)")
            return .refused
        }
        #expect(heard.allSatisfy { truth[$0.key] == $0.value }, "\(what): sent what nobody said")
        if isFound { return .found }
        #expect(isReadable, "\(what): doctor found nothing")
        let missing = truth.filter { shown[$0.key] == nil }
        #expect(missing.allSatisfy { synced[$0.key] == nil }, "\(what): lost what was sent, and nothing told so")
        return missing.isEmpty ? .harmless : .lost
    }

    /// Has doctor make anew what it can, and the daemon bring the rest.
    /// - Returns: false where there is nothing left to mend.
    func heal(_ what: String) throws -> Bool {
        let shown: [RecordID: String]
        do {
            laptop.close()
            try laptop.open(mendsPages: true)
            let store = try laptop.opened
            _ = try store.rebuild()
            for _ in 0..<2 {
                let run = try laptop.space.sync(store)
                if let failure = run.failure { throw failure }
            }
            let checkup = try store.checkup()
            // A page of the log whose seal is broken nobody makes anew in its place.
            if checkup.findings.contains(where: { $0.kind == .database }) { return false }
            #expect(checkup.isSound, "\(what): \(checkup.findings)")
            shown = try laptop.shown(store)
        } catch let error as StoreError {
            #expect(error.isOfDamage, "\(what): \(error)")
            return false
        }
        #expect(synced.allSatisfy { shown[$0.key] == $0.value }, "\(what): the daemon has it, and it did not come back")
        #expect(shown.allSatisfy { truth[$0.key] == $0.value }, "\(what)")
        return true
    }
}

extension StoreError {
    /// Whether it says that a file is not what it was.
    fileprivate var isOfDamage: Bool {
        switch self {
        case .damaged, .disk: true
        default: false
        }
    }
}
