import Foundation
import Testing

extension EndToEnd {
    /// Two laptops on one network, and no daemon.
    @Suite(.serialized)
    struct ShareTests {
        /// A laptop that shares: the program, and what to type on the other.
        private func share(_ laptop: Laptop) async throws -> (program: RunningProgram, from: String) {
            let program = try laptop.start("share", "--listen", "127.0.0.1:0")
            let deadline = ContinuousClock.now + .seconds(30)
            while !program.output.contains("\"commands\"") {
                guard program.isRunning, ContinuousClock.now < deadline else {
                    throw Failure("does not share: \(program.output)\(program.error)")
                }
                try await Task.sleep(for: .milliseconds(5))
            }
            let line = try #require(program.output.split(separator: "\n").first)
            let answer = try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
            let command = try #require(answer["commands"].array.first?.string)
            return (program, String(try #require(command.split(separator: " ").last)))
        }

        private func end(_ program: RunningProgram) async throws {
            program.send(SIGINT)
            #expect(try await program.end() == 0, "\(program.error)")
        }

        @Test
        func `two laptops exchange what they have while the daemon is away, and go on recording`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            let owner = try await space.owner("henk")
            for laptop in [fatima, joost, owner] { try await laptop.sync() }
            space.killDaemon()
            _ = try await fatima.hears("een bankje")
            _ = try await joost.hears("te hard rijden")
            let (program, from) = try await share(fatima)

            let first = try await joost.run("sync", "--from", from).done()
            #expect(first["sent"].number == 1 && first["received"].number == 1 && first["unsynced"].number == 1)
            #expect(try await fatima.words() == ["een bankje", "te hard rijden"])
            #expect(try await joost.words() == ["een bankje", "te hard rijden"])
            for laptop in [fatima, joost] { #expect(try await laptop.status()["unsynced"].number == 1) }

            // Somebody goes on recording on the laptop that shares.
            _ = try await fatima.hears("nog een")
            let second = try await joost.run("sync", "--from", from).done()
            #expect(second["sent"].number == 0 && second["received"].number == 1)
            let idle = try await joost.run("sync", "--from", from).done()
            #expect(idle["roundTrips"].number == 2 && idle["sent"].number == 0 && idle["received"].number == 0)

            // An owner gets nothing of the street, and asks for nothing of it.
            try await owner.run("sync", "--from", from).done()
            #expect(try await owner.status()["stateHash"].members[Space.street] == nil)
            try await owner.run("sync", "--from", from, "--only", Space.street).done()
            #expect(try await owner.status()["stateHash"].members[Space.street] == nil)
            try await end(program)
            #expect(program.output.contains("joost") && program.output.contains("henk"))
            #expect(try await fatima.status()["stateHash"].members == joost.status()["stateHash"].members)

            try await space.serve()
            #expect(try await joost.sync()["sent"].number == 3)
            try await fatima.sync()
            #expect(try await fatima.status()["unsynced"].number == 0)
            try await expectSame(space, fatima, joost)
        }

        @Test
        func `a laptop that is out is told to hand in at the daemon, not that it handed anything in`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            _ = try await joost.hears("te laat")
            try await space.stoepd("revoke", "joost").done()
            try await fatima.sync()
            let (program, from) = try await share(fatima)
            let refused = try await joost.run("sync", "--from", from)
            refused.refused(5, "device-revoked")
            #expect(refused.json["error"]["details"]["handedIn"] == .null)
            #expect(refused.json["error"]["advice"].string?.contains("stoep sync") == true, "\(refused.output)")
            #expect(try await fatima.words() == [])
            #expect(try await joost.status()["unsynced"].number == 1)
            let handedIn = try await joost.run("sync")
            handedIn.refused(5, "device-revoked")
            #expect(handedIn.json["error"]["details"]["handedIn"].number == 1)
            try await end(program)
        }

        @Test
        func `whoever is unknown, or called by a wrong key, is refused by name`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            try await fatima.sync()
            let nora = try await space.volunteer("nora")
            let (program, from) = try await share(fatima)
            let address = String(from.split(separator: "/")[0])
            // Fatima's roster is older than Nora.
            try await nora.run("sync", "--from", from).refused(5, "device-unknown")
            try await joost.run("sync", "--from", "\(address)/ffffffff").refused(5, "laptop-unknown")
            try await joost.run("sync", "--from", "\(address)/xyz").refused(5, "laptop-unknown")
            try await joost.run("sync", "--from", "\(address)/").refused(5, "laptop-unknown")
            try await joost.run("sync", "--from", "127.0.0.1/\(from.split(separator: "/")[1])")
                .refused(2, "laptop-port-missing")
            // Without a key it has to be the daemon, and it is not.
            try await joost.run("sync", "--from", address).refused(5, "daemon-key-mismatch")
            try await joost.run("sync", "--from", "nergens").refused(4, "daemon-unreachable")
            try await joost.run("sync", "--from", ":::").refused(2, "not-an-address")
            // Another laptop under Fatima's address.
            let daemon = try await joost.run("sync", "--from", space.address).done()
            #expect(daemon["unsynced"].number == 0)
            try await end(program)
            let (other, there) = try await share(joost)
            let port = there.split(separator: "/")[0]
            let key = from.split(separator: "/")[1]
            try await nora.run("sync").done()
            try await nora.run("sync", "--from", "\(port)/\(key)").refused(5, "laptop-key-mismatch")
            try await end(other)
            try await nora.run("sync", "--from", there).refused(4, "laptop-unreachable")
        }
    }
}
