import Foundation
import StoepTestSupport
import Testing

extension EndToEnd {
    /// What is erased is gone from every file of every store that has confirmed it.
    @Suite(.serialized)
    struct ErasureTests {
        /// The directories and files in which something could still stand: the daemon's, its ledger, each laptop's.
        private func traces(of canary: Canary, in space: Space, _ laptops: Laptop...) throws -> [String] {
            try ([space.data] + laptops.map(\.store)).flatMap { try canary.files(under: $0) }
        }

        /// Waits until the daemon has countersigned so many erasures.
        private func countersigned(_ count: Int, in space: Space) async throws -> [JSON] {
            let deadline = ContinuousClock.now + .seconds(30)
            while true {
                let list = try await space.stoepd("erasures").done()["erasures"].array
                if list.count >= count { return list }
                guard ContinuousClock.now < deadline else { throw Failure("not countersigned: \(list)") }
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        /// The laptops' own syncs until nothing more comes of them.
        private func settle(_ laptops: Laptop...) async throws {
            for _ in 0..<2 { for laptop in laptops { try await laptop.sync() } }
        }

        @Test
        func `a volunteer erases a conversation of their own, and it is gone everywhere, confirmed by each laptop`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let canary = Canary("mevrouw Kanarie-Vogelenzang van nummer 12")
            let id = try await fatima.hears("Het gaat om \(canary.text).", observation: "Bij \(canary.text) thuis.")
            let kept = try await fatima.hears("Dit blijft.")
            try await settle(fatima, joost)
            try await joost.run("talk", "edit", id, "--observation", "Bij \(canary.text) thuis. En buiten.").done()
            try await settle(joost, fatima)
            #expect(try traces(of: canary, in: space, joost).count > 0)

            // Only who recorded it.
            try await joost.run("erase", id).refused(5, "not-yours-to-erase")
            let answer = try await fatima.run("erase", id).done()
            #expect(answer["erased"] == .bool(true))
            #expect(try traces(of: canary, in: space, fatima).filter { $0.hasPrefix(fatima.store) } == [])
            #expect(try await fatima.run("talk", "show", id).code == 1)
            try await fatima.run("erase", id).refused(1, "unknown-id")
            try await fatima.sync()
            let listed = try #require(try await countersigned(1, in: space).first)
            #expect(listed["id"].string == id)
            #expect(listed["outstanding"].array.contains { $0["name"].string == "joost" })

            try await settle(fatima, joost)
            #expect(try traces(of: canary, in: space, fatima, joost) == [])
            let confirmed = try #require(try await countersigned(1, in: space).first)
            #expect(Set(confirmed["confirmed"].array.compactMap(\.["name"].string)) == ["fatima", "joost"])
            #expect(confirmed["outstanding"].array == [])
            #expect(try await joost.conversations().compactMap(\.["id"].string) == [kept])
            try await expectSame(space, fatima, joost)
            // Who joins later gets a chain that verifies, and nothing of it.
            let noor = try await space.volunteer("noor")
            try await settle(noor, fatima, joost)
            try await expectSame(space, fatima, joost, noor)
            try await space.stop()
            #expect(try traces(of: canary, in: space, fatima, joost, noor) == [])
        }

        @Test
        func `a name typed by mistake is redacted, and consent lowered to none erases what was said`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let name = Canary("Kanarie de Redactie-Vogel")
            let said = Canary("dit mag bij nader inzien niet bewaard blijven")
            let first = try await fatima.hears("Volgens \(name.text) is het te donker.", observation: "Rustig.")
            let second = try await fatima.hears(said.text, place: "Zwaanshals")
            try await settle(fatima, joost)
            let redacted = try await fatima.run("redact", first, "--words", "Het is te donker.").done()
            let successor = try #require(redacted["id"].string)
            #expect(redacted["replaced"].string == first)
            let lowered = try await fatima.run("talk", "edit", second, "--consent", "none").done()
            let remains = try #require(lowered["id"].string)
            try await fatima.sync()
            _ = try await countersigned(2, in: space)
            try await settle(fatima, joost)
            for laptop in [fatima, joost] {
                let shown = try await laptop.show(successor)
                #expect(shown["words"].string == "Het is te donker.")
                #expect(shown["observation"].string == "Rustig.")
                let rest = try await laptop.show(remains)
                #expect(rest["words"].string == "" && rest["fields"]["place"] == .null)
                #expect(rest["fields"]["consent"]["value"].string == "none")
                #expect(try await laptop.conversations().count == 2)
            }
            #expect(try traces(of: name, in: space, fatima, joost) == [])
            #expect(try traces(of: said, in: space, fatima, joost) == [])
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `a laptop that was away brings an edit of what was erased: it is told to destroy it, and nothing comes back`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let canary = Canary("Vogelenzang, een jaar lang op een laptop in de kast")
            let id = try await fatima.hears("Over \(canary.text).")
            try await settle(fatima, joost)
            try await joost.run("talk", "edit", id, "--observation", "Ook over \(canary.text).").done()
            try await fatima.run("erase", id).done()
            try await fatima.sync()
            _ = try await countersigned(1, in: space)
            try await settle(fatima)
            #expect(try traces(of: canary, in: space, fatima) == [])
            #expect(try traces(of: canary, in: space, joost).count > 0)
            try await settle(joost, fatima)
            #expect(try traces(of: canary, in: space, fatima, joost) == [])
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `a program that reads the store holds the last traces up: no receipt until it ends`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let canary = Canary("Vogelenzang in het logboek van SQLite")
            let id = try await fatima.hears("Over \(canary.text).")
            try await fatima.sync()
            let reader = try space.start(
                "/usr/bin/python3",
                [
                    "-c",
                    """
                    # The locks that a reader holds in the shared memory of a log, and that it is open at all.
                    import fcntl, sys, time
                    memory = open(sys.argv[1], 'rb')
                    fcntl.lockf(memory, fcntl.LOCK_SH, 6, 123)
                    print('reading', flush=True)
                    time.sleep(600)
                    """, fatima.store + "/stoep.db-shm",
                ])
            defer { reader.kill() }
            while !reader.output.contains("reading") {
                try #require(reader.isRunning, "\(reader.error)")
                try await Task.sleep(for: .milliseconds(20))
            }
            let answer = try await fatima.run("erase", id)
            #expect(answer.code == 0)
            #expect(answer.error.contains("still reading"), "\(answer.error)")
            #expect(try traces(of: canary, in: space, fatima).count > 0)
            try await fatima.sync()
            _ = try await countersigned(1, in: space)
            try await settle(fatima)
            #expect(try await countersigned(1, in: space)[0]["confirmed"].array == [])
            reader.kill()
            try await settle(fatima)
            #expect(try traces(of: canary, in: space, fatima) == [])
            #expect(try await countersigned(1, in: space)[0]["confirmed"].array.count == 1)
        }

        @Test
        func `what one volunteer erases in a day is bounded, and the rest waits for a coordinator`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            for number in 0..<32 {
                let id = try await fatima.hears("Gesprek \(number)")
                try await fatima.run("erase", id).done()
            }
            try await fatima.sync()
            _ = try await countersigned(30, in: space)
            let list = try await space.stoepd("erasures").done()
            #expect(list["erasures"].array.count == 30)
            let waiting = list["waiting"].array.compactMap(\.["id"].string)
            #expect(waiting.count == 2)
            try await space.stoepd("erase", try #require(waiting.first)).done()
            #expect(try await countersigned(31, in: space).count == 31)
            #expect(try await space.stoepd("erasures").done()["waiting"].array.count == 1)
        }

        @Test(.enabled(if: FakeTime.library != nil, "libfaketime is missing: Tools/setup installs it"))
        func `what a space keeps no longer is erased by the daemon, a week after it was announced`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let canary = Canary("Vogelenzang, zo lang geleden")
            let id = try await fatima.hears(canary.text)
            try await fatima.sync()
            let set = try await space.stoepd("retention", "--days", "3").done()
            #expect(set["days"].number == 3 && set["dueSoon"].number == 1)
            let day = 24 * 60 * 60
            try await space.stop()
            try await space.serve(laterBySeconds: 6 * day)
            try await fatima.sync()
            #expect(try await fatima.show(id)["words"].string == canary.text)
            try await space.stop()
            try await space.serve(laterBySeconds: 8 * day)
            #expect(try await countersigned(1, in: space).first?["id"].string == id)
            try await settle(fatima)
            #expect(try traces(of: canary, in: space, fatima) == [])
            #expect(try await fatima.conversations().isEmpty)
        }

        @Test
        func `a coordinator erases by id, a member's name too, and what they may do stays`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let id = try await fatima.hears("Gewist op verzoek.")
            let kept = try await fatima.hears("Dit blijft.")
            try await settle(fatima, joost)
            try await space.stoepd("erase", "ffffffffffffffffffffffffffffffff").refused(1, "nothing-to-erase")
            try await space.stoepd("erase", id).done()
            let members = try await space.stoepd("members").done()["members"].array
            let member = try #require(members.first { $0["name"].string == "fatima" }?["id"].string)
            try await space.stoepd("erase", member).done()
            try await settle(fatima, joost)
            #expect(try await joost.conversations().compactMap(\.["id"].string) == [kept])
            // She has no name any more, and records as before.
            #expect(try await joost.show(kept)["by"].string == nil)
            let later = try await fatima.hears("En zij gaat door.")
            try await settle(fatima, joost)
            #expect(try await joost.show(later)["words"].string == "En zij gaat door.")
            try await expectSame(space, fatima, joost)
            let canary = Canary("fatima")
            for laptop in [joost] { #expect(try canary.files(under: laptop.store) == []) }
        }
    }
}
