import Foundation
import StoepTestSupport
import Testing

extension EndToEnd {
    /// `kill -9` of the real programs, whatever they are doing: Tools/torture kill.
    @Suite(.serialized)
    struct KillTorture {
        @Test
        func `whatever is killed, and whenever: nothing acknowledged is lost, and the store opens at once`()
            async throws
        {
            let torture = Torture("kill", rounds: 14)
            let scene = try await KilledScene()
            for deed in KilledScene.Deed.allCases { try await scene.measure(deed) }
            for round in 0..<torture.rounds {
                let deed = KilledScene.Deed.allCases[round % KilledScene.Deed.allCases.count]
                try await scene.kill(deed, SeededRandom(seed: torture.seed(of: round)))
                let complaints = try await scene.complaints()
                #expect(complaints == [], "seed \(torture.seed(of: round)), \(deed)")
                // What is wrong once stays so.
                guard complaints.isEmpty else { return }
            }
            try await scene.settle()
            let slowest = scene.slowestStart
            // Beside other tests a machine may have no time; what takes longer than this waits for something.
            #expect(slowest < .seconds(torture.isShort ? 5 : 1))
            #expect(
                scene.killed.values.reduce(0, +) > (torture.isShort ? 0 : torture.rounds / 3),
                "kills that came too late show nothing")
            let counts = KilledScene.Deed.allCases.map { "\($0) \(scene.killed[$0, default: 0])" }.joined(
                separator: ", ")
            torture.tell(
                """
                \(torture.rounds) rounds; killed at it: \(counts); \(scene.acknowledged) acknowledged, none lost; \
                opened again within \(slowest.milliseconds) ms, doctor clean each time
                """)
        }
    }
}

/// Two laptops and a daemon of which one is killed, and what was acknowledged.
private final class KilledScene {
    enum Deed: CaseIterable { case write, sync, serve, importing, erase, upgrade }

    private let space: Space
    private let fatima: Laptop
    private let joost: Laptop
    /// How long each takes here: kills are drawn from somewhat more than that.
    private var usual: [Deed: Duration] = [:]
    /// Words that were said to be saved, and those of which nobody said so.
    private var said: Set<String> = []
    private var doubtful: Set<String> = []
    /// What Fatima recorded and has not erased, and what she is erasing.
    private var own: [(id: String, words: String)] = []
    private var ending: (id: String, words: String)?
    private var number = 0
    private(set) var killed: [Deed: Int] = [:]
    private(set) var acknowledged = 0
    private(set) var slowestStart = Duration.zero

    init() async throws {
        space = try await Space.serving()
        fatima = try await space.volunteer("fatima")
        joost = try await space.volunteer("joost")
    }

    // MARK: Deeds

    /// Starts what may be killed, with all that it needs done before.
    private func begin(_ deed: Deed) async throws -> RunningProgram {
        switch deed {
        case .write:
            doubtful.insert(next())
            return try fatima.start("talk", "new", "--area", Space.oudeNoorden, "--words", last)
        case .sync, .serve:
            for laptop in [fatima, joost] { try await record(laptop) }
            try await joost.sync()
            return try fatima.start("sync")
        case .importing:
            for _ in 0..<3 { try await record(joost) }
            try await joost.run("bundle", "export", bundle).done()
            return try fatima.start("bundle", "import", bundle)
        case .erase:
            if own.isEmpty { try await record(fatima) }
            let ended = own.removeFirst()
            ending = ended
            said.remove(ended.words)
            doubtful.insert(ended.words)
            return try fatima.start("erase", "--yes", ended.id)
        case .upgrade:
            // The last five versions that there were. (What is erased stands in a table that came with the fifth.)
            try OlderStore.make(of: fatima.store, version: OlderStore.versions.upperBound - 1 - Int32(number % 5))
            return try fatima.start("status")
        }
    }

    private var bundle: String { space.folder + "/stick.stoep" }
    private var last: String { "Gesprek \(number) \(String(repeating: "hoor en wederhoor ", count: number % 30))" }

    private func next() -> String {
        number += 1
        return last
    }

    private func record(_ laptop: Laptop) async throws {
        let words = next()
        let id = try await laptop.hears(words)
        if laptop.store == fatima.store {
            said.insert(words)
            own.append((id, words))
        } else {
            // Until it arrives.
            doubtful.insert(words)
        }
        acknowledged += 1
    }

    /// Lets it come to its end, for the time that it takes.
    func measure(_ deed: Deed) async throws {
        let program = try await begin(deed)
        let began = ContinuousClock.now
        let code = try await program.end()
        usual[deed] = ContinuousClock.now - began
        #expect(code == 0, "\(deed): \(program.output)\(program.error)")
        note(deed, program, code)
    }

    func kill(_ deed: Deed, _ random: SeededRandom) async throws {
        let program = try await begin(deed)
        try await Task.sleep(for: (usual[deed] ?? .zero) * 1.2 * (Double(random.below(1000)) / 1000))
        if program.isRunning { killed[deed, default: 0] += 1 }
        if deed == .serve { space.killDaemon() } else { program.kill() }
        let code = try await program.end()
        let expected: Set<Int32> = deed == .serve ? [0, 4] : [0, -SIGKILL]
        #expect(expected.contains(code), "\(deed): \(program.output)\(program.error)")
        note(deed, program, code)
        if deed == .serve { try await space.serve() }
    }

    /// What it said before it ended counts.
    private func note(_ deed: Deed, _ program: RunningProgram, _ code: Int32) {
        let answer = Answer(code: code, of: program, []).json
        switch deed {
        case .write:
            guard let id = answer["id"].string else { return }
            acknowledged += 1
            said.insert(last)
            doubtful.remove(last)
            own.append((id, last))
        case .erase where answer["erased"] == .bool(true):
            acknowledged += 1
            ending.map { _ = doubtful.remove($0.words) }
        default: return
        }
    }

    // MARK: Checks

    /// What is wrong with Fatima's laptop as it opens again: something lost that was acknowledged, something that nobody
    /// said or that was erased, and whatever doctor finds.
    func complaints() async throws -> [String] {
        var complaints: [String] = []
        let began = ContinuousClock.now
        for command in ["status", "doctor"] {
            let answer = try await fatima.run(command)
            if command == "status" { slowestStart = max(slowestStart, ContinuousClock.now - began) }
            if answer.code != 0 { complaints.append("\(command): \(answer.output)\(answer.error)") }
        }
        let words = try await fatima.words()
        let held = Set(words)
        if held.count != words.count { complaints.append("something is there twice") }
        let lost = said.subtracting(held)
        if !lost.isEmpty { complaints.append("lost: \(lost)") }
        let strange = held.subtracting(said).subtracting(doubtful)
        if !strange.isEmpty { complaints.append("nobody said that, or it was erased: \(strange)") }
        // What is there is acknowledged by that: from now on it stays.
        said.formUnion(doubtful.intersection(held))
        guard let ended = ending else { return complaints }
        ending = nil
        if held.contains(ended.words) { try await fatima.run("erase", "--yes", ended.id).done() }
        said.remove(ended.words)
        doubtful.remove(ended.words)
        let traces = try Canary(ended.words).files(under: fatima.store)
        if !traces.isEmpty { complaints.append("erased, and still on the disk: \(traces)") }
        return complaints
    }

    /// That in the end all hold the same, and the daemon is sound.
    func settle() async throws {
        for laptop in [fatima, joost] { try await laptop.sync() }
        // More than a laptop may have erased in a day waits for a person.
        for one in try await space.stoepd("erasures").done()["waiting"].array {
            try await space.stoepd("erase", try #require(one["id"].string), "--yes").done()
        }
        for laptop in [fatima, joost, fatima, joost] { try await laptop.sync() }
        try await expectSame(space, fatima, joost)
        #expect(Set(try await joost.words()).isSuperset(of: said))
        try await space.stoepd("doctor").done()
    }
}

extension Duration {
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
