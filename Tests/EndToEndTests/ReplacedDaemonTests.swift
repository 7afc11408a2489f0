import Foundation
import Testing

extension EndToEnd {
    /// A daemon that is replaced with the root key of its space.
    @Suite(.serialized)
    struct ReplacedDaemonTests {
        /// The root key on its stick.
        private func stick(_ space: Space) throws -> String {
            let path = space.folder + "/usb.key"
            try FileManager.default.moveItem(atPath: space.data + "/root.key", toPath: path)
            return path
        }

        @discardableResult
        private func replace(_ space: Space, _ root: String, data: String? = nil, _ options: String...) async throws -> JSON {
            try await space.run(
                "stoepd", ["--data", data ?? space.data, "--json", "replace", "--root-key", root] + options
            ).done()
        }

        @Test
        func `after a theft the laptops follow without a new invitation, and refuse what was stolen`() async throws {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let root = try stick(space)
            _ = try await fatima.hears("Voor de diefstal.")
            for laptop in [fatima, joost] { try await laptop.sync() }
            let invitation = try await space.invite("volunteer", "noor", areas: [Space.oudeNoorden])
            try await space.stop()
            let stolen = space.folder + "/stolen"
            for end in ["", ".ledger"] {
                try FileManager.default.copyItem(atPath: space.data + end, toPath: stolen + end)
            }
            _ = try await fatima.hears("Tijdens de diefstal.")

            let made = try await replace(space, root, "--daemon-key", "--authority")
            #expect(made["daemons"].array.count == 1)
            try await space.serve()
            #expect(try await fatima.sync()["daemonReplaced"] == .bool(true))
            #expect(try await fatima.sync()["daemonReplaced"] == .bool(false))
            #expect(try await joost.sync()["daemonReplaced"] == .bool(true))
            // Made by the old daemon, for its key.
            let noor = space.laptop("noor")
            try await noor.run("join", "-", input: invitation).done()
            for laptop in [fatima, joost, noor] { try await laptop.sync() }
            try await expectSame(space, fatima, joost, noor)
            for laptop in [fatima, joost, noor] {
                #expect(try await laptop.words() == ["Tijdens de diefstal.", "Voor de diefstal."])
            }
            #expect(try await space.stoepd("status").done()["quarantined"].number == 0)

            try await space.stop()
            try await space.serve(data: stolen)
            for laptop in [fatima, joost, noor] { (try await laptop.run("sync")).refused(5, "daemon-key-mismatch") }
            // The thief's own invitation leads to the thief; the coordinator's cannot be answered there.
            let honest = try await space.invite("volunteer", "piet", areas: [Space.oudeNoorden])
            (try await space.laptop("piet").run("join", "-", input: honest)).refused(5, "daemon-key-mismatch")
            try await space.stop()
            try await space.serve()
            try await space.laptop("piet").run("join", "-", input: honest).done()
            try await fatima.sync()
            try await expectSame(space, fatima)
        }

        @Test
        func `whom the daemon that was put back never let in joins again with the same store, and loses nothing`() async throws {
            let space = try await Space.serving()
            let joost = try await space.volunteer("joost")
            let root = try stick(space)
            try await space.stop()
            let older = space.folder + "/older"
            for end in ["", ".ledger"] {
                try FileManager.default.copyItem(atPath: space.data + end, toPath: older + end)
            }
            try await space.serve()
            let fatima = try await space.volunteer("fatima")
            _ = try await fatima.hears("Voor de brand.")
            (try await fatima.run("join", "-", input: space.invite("volunteer", "fatima", areas: [Space.oudeNoorden])))
                .refused(1, "already-joined")
            // The daemon's disk burns before anybody else hears of her; the authority goes on from an older copy.
            try await space.stop()
            for end in ["", ".ledger"] {
                try FileManager.default.removeItem(atPath: space.data + end)
                try FileManager.default.moveItem(atPath: older + end, toPath: space.data + end)
            }
            try await replace(space, root, "--authority")
            try await space.serve()
            _ = try await fatima.hears("Na de brand.")
            (try await fatima.run("sync")).refused(5, "device-unknown")
            // Somebody else's daemon is handed nothing.
            let stranger = try await Space.serving()
            let other = try await stranger.invite("volunteer", "fatima", areas: [Space.oudeNoorden])
            (try await fatima.run("join", "-", input: other)).refused(1, "already-joined")
            let invitation = try await space.invite("volunteer", "fatima", areas: [Space.oudeNoorden])
            try await fatima.run("join", "-", input: invitation).done()
            for laptop in [fatima, joost] { try await laptop.sync() }
            for laptop in [fatima, joost] {
                #expect(try await laptop.words() == ["Na de brand.", "Voor de brand."])
                #expect(try await laptop.run("status").done()["unsynced"].number == 0)
            }
            // What the daemon that burnt said of her, once the copy had been made, is all that counts no more.
            let aside = try await space.stoepd("quarantine", "list").done()["keptAside"].array
            #expect(!aside.isEmpty && aside.allSatisfy { $0["log"].string == "roster" })
        }

        @Test(arguments: [["--daemon-key"], ["--authority"]])
        func `either alone is followed as well`(option: [String]) async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let root = try stick(space)
            try await space.stop()
            try await replace(space, root, option[0])
            _ = try await fatima.hears("Gewoon door.")
            try await space.serve()
            #expect(try await fatima.sync()["daemonReplaced"] == .bool(option == ["--daemon-key"]))
            _ = try await space.volunteer("joost")
            try await fatima.sync()
            try await expectSame(space, fatima)
            #expect(try await fatima.words() == ["Gewoon door."])
        }

        @Test
        func `a daemon that goes on elsewhere is told once, and found from then on`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let root = try stick(space)
            try await space.stop()
            let elsewhere = try await Space()
            try await replace(space, root, "--daemon-key", "--authority", "--address", elsewhere.address)
            let daemon = try space.start(
                "stoepd", ["--data", space.data, "--json", "serve", "--listen", elsewhere.address])
            defer { daemon.kill() }
            while daemon.isRunning, !daemon.output.contains("\"listening\"") { try await Task.sleep(for: .milliseconds(5)) }
            _ = try await fatima.hears("Waar is hij?")
            (try await fatima.run("sync")).refused(4, "daemon-unreachable")
            let answer = try await fatima.run("sync", "--from", elsewhere.address).done()
            #expect(answer["daemonReplaced"] == .bool(true) && answer["sent"].number == 1)
            try await fatima.sync()
            #expect(try await fatima.status()["daemon"].string == elsewhere.address)
            try await expectSame(space, fatima)
        }

        @Test
        func `what must not be replaced, and with what, is refused by name`() async throws {
            let space = try await Space.serving()
            let root = try stick(space)
            func refused(_ options: String..., code: Int32, _ name: String) async throws {
                (try await space.run("stoepd", ["--data", space.data, "--json", "replace"] + options)).refused(code, name)
            }
            try await refused("--root-key", root, "--daemon-key", code: 1, "daemon-running")
            try await refused("--root-key", root, code: 2, "nothing-to-replace")
            try await refused("--root-key", root, "--daemon-key", "--authority", "--keep", code: 2, "keeps-no-daemon-key")
            try await space.stop()
            try await refused("--root-key", space.data + "/tls.key", "--daemon-key", code: 5, "root-key-of-another-space")
            try await refused("--root-key", space.data + "/device.key", "--daemon-key", code: 1, "not-a-root-key")
        }

        @Test
        func `a laptop that syncs with two daemons in turn brings each what the other has`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let root = try stick(space)
            try await fatima.sync()
            try await space.stop()
            let second = space.folder + "/second"
            for end in ["", ".ledger"] {
                try FileManager.default.copyItem(atPath: space.data + end, toPath: second + end)
            }
            let made = try await replace(space, root, data: second, "--daemon-key", "--keep")
            #expect(made["daemons"].array.count == 2)

            // The one, then the other, at the same address; each lets somebody in of whom the other knows nothing.
            try await space.serve()
            let joost = try await space.volunteer("joost")
            _ = try await joost.hears("Bij de eerste.")
            for laptop in [joost, fatima] { try await laptop.sync() }
            try await space.stop()

            try await space.serve(data: second)
            let invitation = try await space.run(
                "stoepd",
                ["--data", second, "--json", "invite", "--role", "volunteer", "--name", "noor", "--area", Space.oudeNoorden]
            ).done()["invitation"].string
            let noor = space.laptop("noor")
            try await noor.run("join", "-", input: try #require(invitation)).done()
            _ = try await noor.hears("Bij de tweede.")
            try await noor.sync()
            #expect(try await fatima.sync()["daemonReplaced"] == .bool(true))
            try await space.stop()

            for data in [space.data, second, space.data, second] {
                try await space.serve(data: data)
                for laptop in [fatima, joost, noor] { try await laptop.sync() }
                try await space.stop()
            }
            try await expectSame(space, fatima, joost, noor)
            let (one, other) = (
                try await space.stoepd("status").done(),
                try await space.run("stoepd", ["--data", second, "--json", "status"]).done()
            )
            #expect(one["stateHash"] == other["stateHash"])
            #expect(one["quarantined"].number == 0)
            for laptop in [fatima, joost, noor] {
                #expect(try await laptop.words() == ["Bij de eerste.", "Bij de tweede."])
            }
        }
    }
}
