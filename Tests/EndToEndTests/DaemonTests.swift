import Foundation
import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct DaemonTests {
        @Test
        func `without the daemon everything is kept, and the message says so`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            try await fatima.sync()
            try await space.stop()
            _ = try await fatima.hears("Bewaar dit.")
            let unsynced = try #require(try await fatima.status()["unsynced"].number)
            #expect(unsynced > 0)
            let answer = try await fatima.run("sync")
            answer.refused(4, "daemon-unreachable")
            #expect(try await fatima.status()["unsynced"].number == unsynced)
            #expect(try await fatima.words() == ["Bewaar dit."])

            try await space.serve()
            try await fatima.sync()
            try await expectSame(space, fatima)
        }

        @Test
        func `a daemon with another key is refused before anything is told to it`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Alleen voor onze eigen daemon.")
            try await space.stop()

            // Somebody else answers at the address.
            let impostor = space.folder + "/impostor"
            _ = try await space.run(
                "stoepd", ["--data", impostor, "--json", "init", "--name", "Ander", "--address", space.address]
            ).done()
            try await space.serve(data: impostor)
            (try await fatima.run("sync")).refused(5, "daemon-key-mismatch")
            #expect(try await fatima.words() == ["Alleen voor onze eigen daemon."])
            #expect(try #require(try await fatima.status()["unsynced"].number) > 0)
            try await space.stop()

            try await space.serve()
            try await fatima.sync()
            try await expectSame(space, fatima)
        }

        @Test
        func `an invitation holds its laptop to the daemon that made it`() async throws {
            let space = try await Space()
            let invitation = try await space.invite("volunteer", "Fatima", areas: [Space.oudeNoorden])
            let impostor = space.folder + "/impostor"
            _ = try await space.run(
                "stoepd", ["--data", impostor, "--json", "init", "--name", "Ander", "--address", space.address]
            ).done()
            try await space.serve(data: impostor)
            let laptop = space.laptop("fatima")
            (try await laptop.run("join", "-", input: invitation)).refused(5, "daemon-key-mismatch")
            try await space.stop()
            try await space.serve()
            try await laptop.run("join", "-", input: invitation).done()
        }

        @Test
        func `a daemon restored from before a laptop joined learns of it from that laptop, and gets all that it has`()
            async throws
        {
            let space = try await Space()
            // A backup from before the laptop joined, put back afterwards.
            let backup = space.folder + "/backup"
            try FileManager.default.copyItem(atPath: space.data, toPath: backup)
            try await space.serve()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Bewaar dit.")
            try await space.stop()

            try await space.serve(data: backup)
            #expect(try await fatima.sync()["unsynced"].number == 0)
            let held = try await space.run("stoepd", ["--data", backup, "--json", "status"]).done()
            let here = try await fatima.run("status", "--json").done()
            #expect(held["stateHash"] == here["stateHash"] && held["members"].number == 1)
            try await space.stop()
            try await space.serve()
            try await fatima.sync()
            try await expectSame(space, fatima)
        }

        @Test
        func `SIGTERM stops the daemon cleanly, also while laptops sync`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            for number in 1...5 { _ = try await fatima.hears("Gesprek \(number)") }
            for _ in 1...5 {
                let sync = try fatima.start("sync")
                try await Task.sleep(for: .milliseconds(20))
                try await space.stop()
                #expect([0, 4].contains(try await sync.end()), "\(sync.output)\(sync.error)")
                try await space.serve()
            }
            try await fatima.sync()
            try await expectSame(space, fatima)
        }

        @Test
        func `the coordinator's commands answer the same with and without a running daemon`() async throws {
            let space = try await Space()
            let laptop = space.laptop("fatima")
            let invitation = try await space.invite("volunteer", "Fatima", areas: [Space.oudeNoorden])
            try await space.serve()
            try await laptop.run("join", "-", input: invitation).done()
            let running = try await space.stoepd("members").done()
            #expect(
                try await space.stoepd("area", "import", space.folder + "/areas.csv").done()["unchanged"].number == 2)
            let status = try await space.stoepd("status").done()
            try await space.stop()
            #expect(try await space.stoepd("members").done() == running)
            #expect(try await space.stoepd("status").done()["stateHash"] == status["stateHash"])
            #expect(running["members"].array.map { $0["name"].string } == ["Fatima"])
            #expect(running["members"].array.map { $0["role"].string } == ["volunteer"])
        }

        @Test
        func `a second daemon on the same data is refused`() async throws {
            let space = try await Space.serving()
            let second = try await space.run(
                "stoepd", ["--data", space.data, "--json", "serve", "--listen", "127.0.0.1:0"])
            second.refused(1, "daemon-running")
        }
    }
}
