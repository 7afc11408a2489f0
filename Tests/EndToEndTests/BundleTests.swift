import Foundation
import Testing

extension EndToEnd {
    /// Two laptops and no network: a file that somebody carries.
    @Suite(.serialized)
    struct BundleTests {
        private func bundle(_ space: Space) -> String { space.folder + "/stick.stoep" }

        @Test
        func `what two volunteers heard comes together by a stick that an owner carries`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let owner = try await space.owner("henk")
            for laptop in [fatima, joost, owner] { try await laptop.sync() }
            space.killDaemon()

            let words = "ik wil dat er weer een bankje komt"
            _ = try await fatima.hears(words, observation: "zij zat op de stoep")
            _ = try await joost.hears("te hard rijden")
            let exported = try await fatima.run("bundle", "export", bundle(space)).done()
            #expect(exported["changes"].number ?? 0 >= 1 && exported["readers"].number == 4)

            let bytes = try Data(contentsOf: URL(fileURLWithPath: bundle(space)))
            for canary in [words, "zij zat", Space.oudeNoorden, "street", "roster", "fatima", "Noordplein"] {
                #expect(bytes.range(of: Data(canary.utf8)) == nil, "\(canary)")
            }
            let seen = try await owner.run("bundle", "inspect", bundle(space)).done()
            #expect(seen["logs"].array.map { $0["log"].string } == ["roster", "square", nil])
            let carried = try await owner.run("bundle", "import", bundle(space)).done()
            #expect(carried["sealedToOthers"].number == 1)
            #expect(try await owner.status()["stateHash"].members[Space.street] == nil)

            let taken = try await joost.run("bundle", "import", bundle(space)).done()
            #expect(taken["received"].number == 1 && taken["sealedToOthers"].number == 0)
            #expect(try await joost.run("bundle", "import", bundle(space)).done()["received"].number == 0)
            #expect(try await joost.words() == ["ik wil dat er weer een bankje komt", "te hard rijden"])

            // The other way, only what is lacking.
            let line = try #require(try await fatima.run("bundle", "frontier").done()["frontier"].string)
            try line.write(toFile: space.folder + "/line.txt", atomically: true, encoding: .utf8)
            let back = try await joost.run(
                "bundle", "export", bundle(space), "--for", "@\(space.folder)/line.txt"
            ).done()
            #expect(back["changes"].number == 1 && back["logs"].array.compactMap(\.string) == [Space.street])
            #expect(try await fatima.run("bundle", "import", bundle(space)).done()["received"].number == 1)
            for laptop in [fatima, joost] {
                #expect(try await laptop.status()["unsynced"].number == 1, "no daemon has it")
            }
            #expect(try await fatima.status()["stateHash"].members == joost.status()["stateHash"].members)

            // One of them finds the network again, and brings both.
            try await space.serve()
            #expect(try await joost.sync()["sent"].number == 2)
            try await fatima.sync()
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `a coordinator takes in what comes by stick, with the daemon running or not`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            try await fatima.sync()
            _ = try await fatima.hears("één")
            try await fatima.run("bundle", "export", bundle(space)).done()
            let listed = try await space.stoepd("bundle", "inspect", bundle(space)).done()
            #expect(listed["logs"].array.compactMap { $0["log"].string } == ["roster", "square", Space.street])
            #expect(try await space.stoepd("bundle", "import", bundle(space)).done()["received"].number == 1)
            try await joost.sync()
            #expect(try await joost.words() == ["één"])

            try await space.stop()
            _ = try await fatima.hears("twee")
            try await fatima.run("bundle", "export", bundle(space)).done()
            #expect(try await space.stoepd("bundle", "import", bundle(space)).done()["received"].number == 1)
            try await space.stoepd("bundle", "export", bundle(space)).done()
            #expect(try await joost.run("bundle", "import", bundle(space)).done()["received"].number == 1)
            #expect(try await joost.words() == ["twee", "één"].sorted())
            try await space.serve()
            for laptop in [fatima, joost] { try await laptop.sync() }
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `what is no bundle, or not for this laptop, is refused by name`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.run("bundle", "export", bundle(space)).done()
            var bytes = try Data(contentsOf: URL(fileURLWithPath: bundle(space)))
            bytes[bytes.count - 1] ^= 1
            try bytes.write(to: URL(fileURLWithPath: bundle(space)))
            try await fatima.run("bundle", "import", bundle(space)).refused(6, "bundle-damaged")
            try await space.stoepd("bundle", "import", bundle(space)).refused(6, "bundle-damaged")
            try await fatima.run("bundle", "import", space.folder + "/nothing").refused(1, "file-unusable")
            try await space.stoepd("bundle", "import", space.folder + "/nothing").refused(1, "file-unusable")
            try await fatima.run("bundle", "export", space.folder + "/areas.csv").refused(1, "file-in-the-way")
            try await fatima.run("bundle", "export", bundle(space), "--for", "stoep-frontier1.AAAA")
                .refused(2, "frontier-damaged")
            let other = try await Space()
            try await other.stoepd("bundle", "export", bundle(other)).done()
            try await fatima.run("bundle", "import", bundle(other)).refused(5, "bundle-of-another-space")
            // Somebody who joined after it was made.
            try await fatima.run("bundle", "export", bundle(space)).done()
            let nora = try await space.volunteer("nora")
            try await nora.run("bundle", "import", bundle(space)).refused(5, "bundle-nothing-for-you")
        }

        @Test
        func `an import killed anywhere goes on where it was, to the same state`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            var joosts: [Laptop] = []
            for number in 0..<5 { joosts.append(try await space.volunteer("joost\(number)")) }
            try await fatima.sync()
            space.killDaemon()
            // Notes that do not deflate, so that there are several pieces.
            for number in 0..<24 {
                let note = (0..<7500).map { _ in String(UInt32.random(in: .min ... .max), radix: 16) }.joined()
                try await fatima.run(
                    "talk", "new", "--area", Space.oudeNoorden, "--words", "\(number)", "--place", "-", input: note
                ).done()
            }
            try await fatima.run("bundle", "export", bundle(space)).done()
            let expected = try await fatima.status()["stateHash"].members
            // How long it takes here: the kills fall within that.
            let started = ContinuousClock.now
            try await joosts[0].run("bundle", "import", bundle(space)).done()
            let whole = ContinuousClock.now - started
            for (number, joost) in joosts.enumerated().dropFirst() {
                let running = try joost.start("bundle", "import", bundle(space))
                try await Task.sleep(for: whole * number / joosts.count)
                running.kill()
                try await joost.run("bundle", "import", bundle(space)).done()
            }
            for joost in joosts {
                #expect(try await joost.status()["stateHash"].members == expected, "\(joost.store)")
                #expect(try await joost.conversations().count == 24)
                #expect(try await joost.run("bundle", "import", bundle(space)).done()["received"].number == 0)
            }
        }
    }
}
