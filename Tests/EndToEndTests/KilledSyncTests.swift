import Foundation
import Testing

extension EndToEnd {
    /// `kill -9` of one side at a random point of a sync; then it is resumed.
    @Suite(.serialized)
    struct KilledSyncTests {
        private enum Victim: CaseIterable { case sender, daemon, receiver }

        @Test
        func `a sync killed anywhere loses nothing and doubles nothing, with twenty seeds`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            // About how long a sync takes here: the kill is drawn from somewhat more than that.
            var shortest = Duration.seconds(60)
            for _ in 1...3 {
                let started = ContinuousClock.now
                try await fatima.sync()
                shortest = min(shortest, ContinuousClock.now - started)
            }
            let longest = shortest * 1.5
            var said: [String] = []
            var interrupted = 0

            for seed in 1...20 {
                var generator = SplitMix64(state: UInt64(seed))
                for number in 1...3 {
                    let words =
                        "Ronde \(seed), gesprek \(number): " + String(repeating: "hoor en wederhoor ", count: 40)
                    let laptop = Bool.random(using: &generator) ? fatima : joost
                    _ = try await laptop.hears(words)
                    said.append(words)
                }
                let victim = Victim.allCases[seed % 3]
                let delay = longest * Double.random(in: 0..<1, using: &generator)
                if try await sync(fatima, joost, space, killing: victim, after: delay) { interrupted += 1 }

                for laptop in [fatima, joost, fatima] { try await laptop.sync() }
                try await expectSame(space, fatima, joost)
                #expect(try await fatima.words() == said.sorted(), "seed \(seed), \(victim) after \(delay)")
                #expect(try await joost.words() == said.sorted(), "seed \(seed), \(victim) after \(delay)")
            }
            #expect(interrupted > 2, "kills that came too late show nothing")
        }

        @Test
        func `a first sync of several pieces, killed again and again, comes to its end`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let invitation = try await space.invite("volunteer", "noor", areas: [Space.oudeNoorden])
            var generator = SplitMix64(state: 7)
            // Words that do not deflate, so that they fill more than one piece.
            let long = (1...16).map { number in
                "Gesprek \(number) "
                    + String((0..<100_000).map { _ in Self.letters.randomElement(using: &generator) ?? "a" })
            }
            for words in long {
                let answer = try await fatima.run(
                    "talk", "new", "--area", Space.oudeNoorden, "--words", "-", input: words)
                try answer.done()
            }
            try await fatima.sync()

            let noor = space.laptop("noor")
            var sync = try noor.start("join", invitation)
            var kills = 0
            // The first kills fall early, so that on any machine some come before the end.
            for round in 1...6 {
                try await Task.sleep(for: .milliseconds(Int.random(in: 10...(60 * round), using: &generator)))
                if sync.isRunning { kills += 1 }
                sync.kill()
                let hasJoined = try await noor.run("status").code == 0
                sync = try hasJoined ? noor.start("sync") : noor.start("join", invitation)
            }
            #expect(kills > 0, "kills that came too late show nothing")
            #expect(try await sync.end() == 0, "\(sync.output)\(sync.error)")
            try await noor.sync()
            #expect(try await noor.words() == long.sorted())
            try await fatima.sync()
            try await expectSame(space, fatima, noor)
        }

        private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789  ")

        /// Both sync; the victim dies after the delay. Whatever the commands then say, nothing may hang.
        /// - Returns: whether the victim was still at it.
        private func sync(
            _ fatima: Laptop, _ joost: Laptop, _ space: Space, killing victim: Victim, after delay: Duration
        ) async throws -> Bool {
            let sender = try fatima.start("sync")
            let receiver = try joost.start("sync")
            try await Task.sleep(for: delay)
            let isUnderWay = victim == .receiver ? receiver.isRunning : sender.isRunning
            switch victim {
            case .sender: sender.kill()
            case .receiver: receiver.kill()
            case .daemon: space.killDaemon()
            }
            for (program, mayDie) in [(sender, victim == .sender), (receiver, victim == .receiver)] {
                let code = try await program.end()
                let expected: Set<Int32> = victim == .daemon ? [0, 4] : mayDie ? [0, -SIGKILL] : [0]
                #expect(expected.contains(code), "\(program.output)\(program.error)")
            }
            if victim == .daemon { try await space.serve() }
            return isUnderWay
        }

        /// A seed decides everything.
        private struct SplitMix64: RandomNumberGenerator {
            var state: UInt64

            mutating func next() -> UInt64 {
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return mixed ^ (mixed >> 31)
            }
        }
    }
}
