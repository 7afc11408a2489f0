import StoepModel
import StoepSQLite
import StoepSimulator
import StoepTestSupport
import Testing

@testable import StoepStore

/// One bit of database or write-ahead log turns over, as disks do in years: Tools/torture rot.
struct RotTorture {
    /// What came of a bit.
    fileprivate enum Outcome: String, CaseIterable {
        case harmless = "did nothing, where nothing is read"
        case refused = "kept the store from opening"
        case found = "found by doctor"
    }

    /// So many seeds turn bits of the same laptop over.
    private static let bitsOfOne: UInt64 = 1000

    @Test
    func `whatever bit turns over: nothing wrong is shown or sent, and what is read of it is found and turned back`()
        throws
    {
        let torture = Torture("rot", rounds: 40)
        var scene: (number: UInt64, laptop: RottenLaptop)?
        var counts: [Outcome: Int] = [:]
        for round in 0..<torture.rounds {
            let seed = torture.seed(of: round)
            let number = seed / Self.bitsOfOne
            let laptop = try scene.flatMap { $0.number == number ? $0.laptop : nil } ?? RottenLaptop(seed: number)
            scene = (number, laptop)
            let outcome = try laptop.turnOver(SeededRandom(seed: seed), "seed \(seed)")
            counts[outcome, default: 0] += 1
            if outcome != .harmless { try laptop.heal("seed \(seed)") }
        }
        let told = Outcome.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }.joined(separator: ", ")
        torture.tell(
            """
            \(torture.rounds) bits: \(told). Nothing wrong was shown or sent, nothing was lost, and doctor --rebuild \
            turned every bit back that it or the opening had found
            """)
    }
}

/// A laptop that is as it was again and again, but for one bit; and so is its daemon.
private final class RottenLaptop {
    private let laptop: FailingLaptop
    private let image: SimulatedDisk.Image
    private let hub: String
    /// What each conversation says. Of some the daemon knows, of some nobody else does, and some stand in the log alone.
    private let truth: [RecordID: String]
    /// Pages of the database that are read from it: in use, and not written anew in the log.
    private let livePages: Set<Int>

    init(seed: UInt64) throws {
        laptop = try FailingLaptop(seed: seed)
        for deed in [.record, .pull, .recordMany, .editText, .push, .index, .pull, .erase, .push]
            as [FailingLaptop.Deed]
        {
            try laptop.prepare(deed)
            try laptop.perform(deed)
        }
        try laptop.opened.checkpoint()
        // In the log alone: some that was sent, and some that nobody else has.
        for deed in [.record, .record, .push] as [FailingLaptop.Deed] {
            try laptop.prepare(deed)
            try laptop.perform(deed)
        }
        for _ in 0..<2 { try laptop.perform(.record) }
        let store = try laptop.opened
        truth = try laptop.shown(store)
        let used = Set(try store.db.query("SELECT DISTINCT pageno FROM dbstat") { Int(clamping: $0.int64(0)) })
        let log = try #require(laptop.disk.bytes(of: FailingLaptop.logPath))
        let frames = stride(from: 32, to: log.count, by: 4120).map { log[$0..<($0 + 8)].map { Int($0) } }
        // All of the log counts: it begins with this run, and ends with a commit.
        try #require(frames.count > 10 && frames.last?[4...].contains { $0 != 0 } == true)
        livePages = used.subtracting(frames.map { $0[..<4].reduce(0) { $0 << 8 | $1 } })
        // At rest for a while: what was written has come to the disk.
        laptop.restart(isKilled: true)
        image = laptop.disk.image()
        hub = try laptop.space.backUpHub()
    }

    func turnOver(_ random: SeededRandom, _ what: String) throws -> RotTorture.Outcome {
        let space = laptop.space
        try space.restartHub { try space.scratch.putBack(hub, as: space.hubDirectory) }
        laptop.restart()
        laptop.disk.load(image)
        let flipped = try #require(
            laptop.disk.flipBit(random, among: [FailingLaptop.databasePath, FailingLaptop.logPath]))
        let isLive = flipped.path == FailingLaptop.logPath || livePages.contains(flipped.offset / 4096 + 1)
        let what = "\(what), \(flipped)"
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
        // Whoever hears of it from this laptop hears nothing wrong.
        _ = try? space.sync(store)
        let heard: [RecordID: String]
        do { heard = try laptop.shown(space.hub) } catch {
            Issue.record("\(what): the daemon shows \(error)")
            return .refused
        }
        #expect(heard.allSatisfy { truth[$0.key] == $0.value }, "\(what): sent what nobody said")
        if !checkup.isSound { return .found }
        #expect(!isLive, "\(what): doctor finds nothing")
        #expect(isReadable && shown == truth && checkup.anchorDoubt == nil, "\(what): lost, and nothing told so")
        return .harmless
    }

    /// Has doctor turn the bit back, and make anew what follows from the log.
    func heal(_ what: String) throws {
        laptop.close()
        try laptop.open(mendsPages: true)
        let store = try laptop.opened
        _ = try store.rebuild()
        let mended = try store.checkup()
        #expect(mended.isSound && mended.anchorDoubt == nil, "\(what): \(mended.findings)")
        #expect(try laptop.shown(store) == truth, "\(what): not all came back")
        let run = try laptop.space.sync(store)
        if let failure = run.failure { throw failure }
        #expect(try store.read { try store.alert() } == nil, "\(what): a new actor")
        #expect(try laptop.shown(laptop.space.hub) == truth, "\(what): not all was sent")
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
