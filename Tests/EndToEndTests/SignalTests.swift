import Testing

extension EndToEnd {
    /// What cannot wait.
    @Suite(.serialized)
    struct SignalTests {
        @Test
        func `a signal stands above everything at a coordinator until they answer, and the answer comes back`()
            async throws
        {
            let space = try await Space.serving()
            let (fatima, joost) = (try await space.volunteer("fatima"), try await space.volunteer("joost"))
            let cora = try await space.coordinator("cora")
            for laptop in [fatima, joost, cora] { try await laptop.sync() }
            try await space.stop()
            let talk = try await fatima.hears("Ik heb het koud.")
            let made = try await fatima.run(
                "signal", "-", "--talk", talk, "--place", "Noordplein", input: "Hij ligt al een uur op de stoep.\n"
            ).done()
            let id = try #require(made["id"].string)
            #expect(made["log"].string == "signal/\(Space.oudeNoorden)")
            #expect(try await waiting(fatima) == [id], "marked where it was made as well")
            try await fatima.run("signal", "  ").refused(2, "field-empty")
            try await space.serve()
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await cora.sync()["signals"].array.map { $0["signal"]["id"].string } == [id])

            // Nobody but a coordinator takes the mark off.
            try await joost.run("signal", "answer", id, "Geregeld.").refused(5, "coordinators-only")
            for laptop in [fatima, joost, cora] { #expect(try await waiting(laptop) == [id]) }
            let due = try await cora.run("due").done()["signals"].array
            #expect(due.map { $0["signal"]["fields"]["words"].string } == ["Hij ligt al een uur op de stoep."])
            #expect(due.map { $0["answered"].bool } == [false])
            for command in [["status"], ["due"], ["signal", "list"]] {
                let shown = try await space.run("stoep", ["--store", cora.store, "--lang", "nl"] + command)
                #expect(shown.output.hasPrefix("! \(id.prefix(8))"), "\(command): \(shown.output)")
                #expect(shown.output.contains("    Hij ligt al een uur op de stoep.\n"), "\(command)")
            }

            try await cora.run("signal", "answer", id, "-", input: "De dokter is er over tien minuten.").done()
            for laptop in [cora, fatima, joost] { try await laptop.sync() }
            for laptop in [fatima, joost, cora] {
                #expect(try await waiting(laptop).isEmpty)
                let all = try await laptop.run("signal", "list", "--area", "Oude Noorden").done()["signals"].array
                #expect(all.map { $0["answered"].bool } == [true])
                #expect(
                    all[0]["answers"].array.map { $0["fields"]["words"].string } == [
                        "De dokter is er over tien minuten."
                    ])
            }
            #expect(try await fatima.run("signal", "list", "--waiting").done()["signals"].array.isEmpty)
            #expect(try await joost.run("signal", "show", id).done()["fields"]["place"].string == "Noordplein")
            try await expectSame(space, fatima, joost, cora)

            // An owner receives none, and has nowhere to put one.
            let olga = try await space.owner("olga")
            try await olga.sync()
            #expect(try await olga.run("signal", "list").done()["signals"].array.isEmpty)
            try await olga.run("signal", "Help.").refused(5, "talks-not-granted")
            try await olga.run("signal", "show", id).refused(1, "unknown-id")
        }

        private func waiting(_ laptop: Laptop) async throws -> [String] {
            try await laptop.status()["signals"].array.compactMap { $0["signal"]["id"].string }
        }
    }
}
