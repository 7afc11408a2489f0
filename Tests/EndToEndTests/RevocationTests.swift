import Foundation
import StoepTestSupport
import Testing

extension EndToEnd {
    @Suite(.serialized)
    struct RevocationTests {
        private func aside(_ space: Space, _ arguments: String...) async throws -> [JSON] {
            let answer = try await space.run(
                "stoepd", ["--data", space.data, "--json", "quarantine", "list"] + arguments)
            return try answer.done()["keptAside"].array
        }

        @Test
        func `what a revoked laptop hands in is kept aside, shown, and released for everybody`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            _ = try await fatima.hears("Een.")
            try await fatima.sync()
            _ = try await fatima.hears("Twee.", observation: "Zonder netwerk.")
            _ = try await fatima.hears("Drie.")

            let change = try await space.stoepd("revoke", "fatima").done()
            #expect(change["role"].string == "revoked")
            #expect(change["cuts"].array.map { $0["log"].string } == [Space.street])
            let handedIn = try await fatima.run("sync")
            handedIn.refused(5, "device-revoked")
            #expect(handedIn.json["error"]["details"]["handedIn"].number == 2)
            #expect(try await fatima.status()["unsynced"].number == 0)
            let again = try await fatima.run("sync")
            again.refused(5, "device-revoked")
            #expect(again.json["error"]["details"]["handedIn"].number == 0)

            try await joost.sync()
            #expect(try await joost.words() == ["Een."])
            #expect(try await joost.status()["quarantined"].number == 2)
            let entry = try #require(try await aside(space).first)
            #expect(entry["member"].string == "fatima" && entry["changes"].number == 2)
            #expect(entry["reasons"] == .array([.string("beyond-cut")]))
            let status = try await space.stoepd("status").done()
            #expect(status["keptAside"].number == 2 && status["revoked"].number == 1)
            let member = try #require(
                try await space.stoepd("members").done()["members"].array.first { $0["name"].string == "fatima" })
            #expect(member["role"].string == "revoked" && member["keptAside"].number == 2)

            let actor = String(try #require(entry["actor"].string).prefix(8))
            let shown = try await space.stoepd("quarantine", "show", actor).done()["changes"].array
            let lines = shown.flatMap { $0["blocks"].array }.flatMap { $0["lines"].array }
            #expect(lines.filter { $0["field"].string == "words" }.map { $0["text"].string } == ["Twee.", "Drie."])

            let released = try await space.stoepd("quarantine", "release", actor).done()
            #expect(released["decided"].array.map { $0["changes"].number } == [2])
            #expect(try await aside(space).isEmpty)
            let noor = try await space.volunteer("noor")
            for laptop in [joost, noor] {
                try await laptop.sync()
                #expect(try await laptop.words() == ["Drie.", "Een.", "Twee."])
            }
            try await expectSame(space, joost, noor)
        }

        @Test
        func `what is refused stays away, and a text shows it in both languages`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            _ = try await fatima.hears("Een.")
            try await fatima.sync()
            let keys = try await space.stoepd("members").done()["members"].array
            let key = try #require(keys.first { $0["name"].string == "fatima" }?["devices"].array.first?["key"].string)
            let change = try await space.stoepd("revoke", "fatima", "--device", String(key.prefix(8))).done()
            #expect(change["device"].string == key && change["role"].string == "volunteer")
            _ = try await fatima.hears("Dit klopt niet.")
            (try await fatima.run("sync")).refused(5, "device-revoked")
            let actor = try #require(try await aside(space).first?["actor"].string)
            for (language, word) in [("nl", "later dan wat telt"), ("en", "later than what counts")] {
                let text = try await space.run(
                    "stoepd", ["--data", space.data, "--lang", language, "quarantine", "show", actor])
                #expect(text.output.contains(word) && text.output.contains("Dit klopt niet."), "\(text.output)")
                let list = try await space.run("stoepd", ["--data", space.data, "--lang", language, "quarantine", "list"])
                #expect(list.output.contains(String(actor.prefix(8))) && list.output.contains("fatima"), "\(list.output)")
            }
            try await space.stoepd("quarantine", "refuse", actor, "--log", Space.street).done()
            #expect(try await aside(space).isEmpty)
            #expect(try await aside(space, "--all").map { $0["refused"].number } == [1])
            try await joost.sync()
            #expect(try await joost.words() == ["Een."])
            (try await space.stoepd("quarantine", "show", "ffff")).refused(1, "nothing-kept-aside")
            (try await space.stoepd("revoke", "niemand")).refused(1, "unknown-member")
        }

        @Test
        func `who becomes an owner hands in and then destroys the street, and as a volunteer again records on`() async throws {
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let joost = try await space.volunteer("joost")
            _ = try await fatima.hears("Een.")
            try await fatima.sync()
            _ = try await fatima.hears("Te laat.")
            try await space.stoepd("role", "fatima", "owner").done()
            let before = try await fatima.status()["actor"]
            try await fatima.sync()
            // What she may no longer read is gone from her laptop, once it was handed in.
            #expect(try await fatima.words() == [])
            #expect(try Canary("Te laat.").files(under: fatima.store) == [])
            #expect(try await space.stoepd("erasures").done()["purges"].array == [])
            (try await fatima.run("talk", "new", "--area", Space.oudeNoorden, "--words", "Mag niet.")).refused(5, "talks-not-granted")
            try await joost.sync()
            #expect(try await joost.words() == ["Een."])

            // An owner's laptop tells nothing of what was cut in the street, nor that anybody was.
            let olga = try await space.owner("olga")
            try await olga.sync()
            let actor = try #require(try await aside(space).first?["actor"].string)
            let status = try await olga.run("status").done()
            #expect(Set(status["stateHash"].members.keys) == ["roster", "square"])
            #expect(status["quarantined"].number == 0)
            for name in ["stoep.db", "stoep.db-wal"] {
                let path = "\(olga.store)/\(name)"
                guard let found = FileManager.default.contents(atPath: path) else { continue }
                let bytes = Data(try OpenedFiles.opened(path, Array(found)))
                #expect(bytes.range(of: Data(hex: actor)) == nil, "\(name)")
                #expect(bytes.range(of: Data(actor.utf8)) == nil, "\(name)")
            }

            try await space.stoepd("role", "fatima", "volunteer", "--area", Space.oudeNoorden).done()
            try await fatima.sync()
            let after = try await fatima.status()
            #expect(after["actor"] != before && after["alert"].string == "log-purged")
            _ = try await fatima.hears("Weer.")
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await joost.words() == ["Een.", "Weer."])
            #expect(try await fatima.words() == ["Een.", "Weer."])
            let hashes = try await space.stoepd("status").done()["stateHash"]
            for laptop in [fatima, joost] { #expect(try await laptop.status()["stateHash"] == hashes) }
            try await space.stoepd("quarantine", "release", actor).done()
            for laptop in [fatima, joost] { try await laptop.sync() }
            #expect(try await fatima.words() == ["Een.", "Te laat.", "Weer."])
            try await expectSame(space, fatima, joost)
        }
    }
}

extension Data {
    fileprivate init(hex: String) {
        let digits = Array(hex)
        self.init(stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) })
    }
}
