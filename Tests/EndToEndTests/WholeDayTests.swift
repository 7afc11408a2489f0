import Foundation
import StoepTestSupport
import Testing

extension EndToEnd {
    /// All of it together, as it comes on one day.
    @Suite(.serialized)
    struct WholeDayTests {
        @Test
        func `a whole day: a morning offline, a stick, a meeting, somebody who is forgotten, and the evening sync`()
            async throws
        {
            let day = try await WholeDay()
            try await day.morningInOudeNoorden()
            try await day.morningInAgniesebuurt()
            try await day.morningOfResident()
            try await day.noon()
            try await day.meet()
            try await day.forget()
            try await evening(day)
            let (noor, dirk) = try await newcomers(day)

            let volunteers = [day.fatima, day.joost, noor], all = volunteers + [day.olga, day.cora, dirk]
            try await expectNothingWaits(day, all)
            try await expectOnlyTheirs(day, noor, dirk)
            try await expectTheSquare(day, all)
            try await expectStreets(day, noor)
            try await expectFigures(day, noor, dirk)
            try await expectForgotten(day, all)
        }

        // The evening.

        /// Everybody finds the network; the coordinator hears first of what cannot wait.
        private func evening(_ day: WholeDay) async throws {
            let (fatima, joost, olga, cora) = (day.fatima, day.joost, day.olga, day.cora)
            try await day.space.serve()
            for laptop in [fatima, joost, olga] { try await laptop.sync() }
            let heard = try await cora.sync()["signals"].array.compactMap { $0["signal"]["id"].string }
            #expect(heard == [day.signals[1]], "the other is answered since noon")
            try await cora.run("signal", "answer", day.signals[1], "De brandweer kijkt.").done()
            try await joost.run("signal", "answer", day.signals[1], "Geregeld.").refused(5, "coordinators-only")
            try await countersigned(day)
            try await given(olga)
            try await day.settle(fatima, joost, olga, cora)

            // What both heard in other words is one question; what olga leads is hers to say.
            let asked = try await day.questions(cora)
            let byWording = { (wording: String) in asked.first { $0["wording"].string == wording }?["id"].string }
            let why = try #require(byWording("Waarom is de speeltuin dicht?"))
            let when = try #require(byWording("Wanneer gaat de speeltuin open?"))
            try await joost.run("question", "same", why, when).done()
            try await olga.run("theme", "edit", "groen", "--next-step", "bomen planten").done()
            try await fatima.run("theme", "edit", "groen", "--next-step", "niets").refused(5, "not-owner")
            let overdue = try await olga.run("due", "--overdue").done()["due"].array
            #expect(overdue.map { $0["record"]["id"].string } == [day.lamp])
            try await olga.run("agreement", "broken", day.lamp).done()

            // What somebody has to give meets what somebody lacks, once nothing stands in the way.
            let suggested = try await fatima.run("match", "suggest").done()["suggestions"].array
            #expect(suggested.map { $0["offer"]["id"].string } == [day.offer])
            #expect(suggested.map { $0["need"]["id"].string } == [day.need])
            try await fatima.run("match", "make", day.offer, day.need).refused(1, "conditions-missing")
            try await olga.run("offer", "edit", day.offer, "--fulfilled", "ov-kaart").done()
            try await day.settle(olga, fatima)
            try await fatima.run("match", "make", day.offer, day.need).done()
            try await day.settle(fatima, joost, olga, cora)
        }

        /// Syncs until the daemon has given the resident the theme that she asked for.
        private func given(_ olga: Laptop) async throws {
            for _ in 0..<100 {
                try await olga.sync()
                let owners = try await olga.run("theme", "show", "groen").done()["owners"].array
                if owners.map(\.string) == ["olga"] { return }
                try await Task.sleep(for: .milliseconds(50))
            }
            throw Failure("nobody was given the theme")
        }

        /// Waits until the daemon has countersigned what fatima erased.
        private func countersigned(_ day: WholeDay) async throws {
            let deadline = ContinuousClock.now + .seconds(30)
            while true {
                let list = try await day.space.stoepd("erasures").done()
                if day.erased.isSubset(of: list["erasures"].array.compactMap(\.["id"].string)) { return }
                guard ContinuousClock.now < deadline else { throw Failure("not countersigned: \(list)") }
                try await Task.sleep(for: .milliseconds(50))
            }
        }

        /// Two who come in the evening, and hold what those hold who were there all day.
        private func newcomers(_ day: WholeDay) async throws -> (noor: Laptop, dirk: Laptop) {
            let list = try await day.space.stoepd("erasures").done()["erasures"].array
            for erasure in list where day.erased.contains(erasure["id"].string ?? "") {
                #expect(erasure["outstanding"].array.isEmpty, "\(erasure)")
                #expect(
                    Set(erasure["confirmed"].array.compactMap(\.["name"].string)).isSuperset(of: ["fatima", "cora"]))
            }
            let noor = try await day.space.volunteer("noor"), dirk = try await day.space.coordinator("dirk")
            try await day.settle(noor, dirk, day.fatima, day.joost, day.olga, day.cora)
            return (noor, dirk)
        }

        // What must hold at night.

        private func expectNothingWaits(_ day: WholeDay, _ all: [Laptop]) async throws {
            let daemon = try await day.space.stoepd("status").done()["stateHash"].members
            for laptop in all {
                let status = try await laptop.status()
                for waiting in ["unsynced", "pending", "wanted", "quarantined", "conflicts"] {
                    #expect(status[waiting].number == 0, "\(laptop.store): \(waiting)")
                }
                #expect(status["signals"].array.isEmpty, "\(laptop.store)")
                for (log, hash) in status["stateHash"].members {
                    #expect(daemon[log] == hash, "\(laptop.store): \(log)")
                }
                #expect(try await laptop.run("doctor").code == 0, "\(laptop.store)")
            }
        }

        /// Who holds which logs: a street and its signals, and how people are reached for who noted it.
        private func expectOnlyTheirs(_ day: WholeDay, _ noor: Laptop, _ dirk: Laptop) async throws {
            let logs = { (laptop: Laptop, kind: String) in
                Set(try await laptop.status()["stateHash"].members.keys.filter { $0.hasPrefix(kind) })
            }
            let (north, south) = (Space.oudeNoorden, Space.agniesebuurt)
            let expected: [(Laptop, [String])] = [
                (day.fatima, [north]), (noor, [north]), (day.joost, [south]), (day.olga, []),
                (day.cora, [north, south]),
                (dirk, [north, south]),
            ]
            for (laptop, areas) in expected {
                for kind in ["street/", "signal/"] {
                    #expect(try await logs(laptop, kind) == Set(areas.map { kind + $0 }), "\(laptop.store)")
                }
                #expect(try await logs(laptop, "square") == ["square"], "\(laptop.store)")
            }
            #expect(try await logs(day.olga, "") == ["roster", "square"])
            for (laptop, isReached) in [(day.fatima, true), (day.cora, true), (dirk, true), (noor, false)] {
                let contact = try await laptop.run("person", "contact", day.redCoat).done()["contact"].array
                #expect(contact.compactMap { $0["fields"]["telephone"].string } == (isReached ? ["0612345678"] : []))
            }
            for laptop in [day.joost, day.olga] {
                try await laptop.run("person", "contact", day.redCoat).refused(1, "unknown-record")
                #expect(try await laptop.run("search", "schaak").done()["results"].array.isEmpty)
                try await laptop.run("talk", "show", day.talk).refused(1, "unknown-id")
            }
        }

        /// What everybody in the space reads is the same for all of them: minutes written by two, what was agreed.
        private func expectTheSquare(_ day: WholeDay, _ all: [Laptop]) async throws {
            for laptop in all {
                let shown = try await laptop.run("meeting", "show", day.meeting).done()
                let fields = shown["fields"]
                #expect(fields["minutes"].string == "Olga zit voor. Verslag. Wij planten bomen.", "\(laptop.store)")
                #expect(fields["agenda"].array.compactMap(\.string).prefix(2) == ["opening", "bomen"])
                #expect(Set(fields["agenda"].array.compactMap(\.string)) == ["opening", "bomen", "rondvraag", "water"])
                #expect(fields["chair"].string == "Olga" && fields["chairedBy"].string == "resident")
                #expect(fields["residents"].number == 9 && fields["professionals"].number == 1)
                #expect(Set(fields["attendance"].array.compactMap { $0["name"].string }) == ["fatima", "olga"])
                let agreed = shown["links"]["agreement.meeting"].array.compactMap { $0["fields"]["what"].string }
                #expect(Set(agreed) == ["bomen bestellen", "sleutel halen"])
                let due = try await laptop.run("due", "--through", "+7").done()["due"].array
                let what = due.filter { $0["kind"].string == "agreement" }.map { $0["record"]["fields"]["what"].string }
                #expect(what == ["sleutel halen", "bomen bestellen"], "\(laptop.store)")
                let lamp = try await laptop.run("agreement", "show", day.lamp).done()["fields"]
                #expect(lamp["outcome"].string == "broken" && lamp["promisedBy"].string == "municipality")
                let theme = try await laptop.run("theme", "show", "groen").done()
                #expect(theme["owners"].array.map(\.string) == ["olga"])
                #expect(theme["fields"]["nextStep"].string == "bomen planten")
                let found = try await laptop.run("search", "kookclub").done()["results"].array
                #expect(found.map { $0["collection"].string } == ["initiative"])
                let matches = try await laptop.run("match", "list").done()["matches"].array
                #expect(matches.map { $0["fields"]["need"]["id"].string } == [day.need])
            }
            #expect(try await day.olga.run("due", "--through", "+7", "--mine").done()["due"].array.count == 1)
        }

        private func expectStreets(_ day: WholeDay, _ noor: Laptop) async throws {
            let north = ["Er was vandalisme.", "Ik schaak hier elke dag.", "Nu niet."]
            let south = ["Ik kook voor de hele trap."]
            for laptop in [day.fatima, noor] { #expect(try await laptop.words() == north) }
            #expect(try await day.joost.words() == south)
            #expect(try await day.olga.words() == [])
            #expect(try await day.cora.words() == (north + south).sorted())

            // As often as those conversations tell that one may read.
            for (laptop, times, areas) in [(day.cora, 3, 2), (day.fatima, 2, 1), (day.joost, 1, 1), (day.olga, 0, 0)] {
                let playground = try await day.questions(laptop).filter { $0["wordings"].array.count == 1 }
                #expect(playground.map(\.["times"].number) == [times], "\(laptop.store)")
                #expect(playground.map { $0["areas"].array.count } == [areas], "\(laptop.store)")
            }
            let kept = try await day.cora.show(day.talk)["fields"]
            #expect(kept["consentWording"]["value"].string == "Mag ik opschrijven wat u zegt?")
            for (laptop, id, answer) in [
                (day.fatima, day.signals[0], "De dokter is onderweg."),
                (day.joost, day.signals[1], "De brandweer kijkt."),
            ] {
                let signals = try await laptop.run("signal", "list").done()["signals"].array
                #expect(
                    signals.map { $0["signal"]["id"].string } == [id] && signals.map { $0["answered"].bool } == [true])
                #expect(signals[0]["answers"].array.map { $0["fields"]["words"].string } == [answer])
            }
            // Who comes after her sees that she was there, and whom to leave alone.
            let near = try await noor.run("near", "--place", "Noordplein").done()
            #expect(near["contacts"].array.map { $0["by"].string } == ["fatima", "fatima"])
            #expect(near["notToApproach"].array.map { $0["alias"].string } == ["Bea"])
            #expect(near["restUntil"].number ?? 0 > 0)
            #expect(try await day.olga.run("near", "--place", "Noordplein").done()["contacts"].array.isEmpty)
            let referred = try await day.cora.run("due").done()["due"].array.filter { $0["kind"].string == "referral" }
            #expect(referred.map { $0["record"]["fields"]["to"].string } == ["wijkteam"])
        }

        /// Who sees the same logs counts the same; what all see counts the same for all.
        private func expectFigures(_ day: WholeDay, _ noor: Laptop, _ dirk: Laptop) async throws {
            let figures = { (laptop: Laptop) in try await laptop.run("overview").done() }
            let (fatima, joost) = (try await figures(day.fatima), try await figures(day.joost))
            let (olga, cora) = (try await figures(day.olga), try await figures(day.cora))
            #expect(try await figures(noor) == fatima)
            #expect(try await figures(dirk) == cora)
            for count in ["conversations", "approached", "declined"] {
                let sum = (fatima[count].number ?? 0) + (joost[count].number ?? 0)
                #expect(cora[count].number == sum && olga[count].number == 0, "\(count)")
            }
            #expect(fatima["conversations"].number == 3 && joost["conversations"].number == 1)
            #expect(cora["approached"].number == 17 && cora["declined"].number == 5)
            #expect(cora["areas"].array.map { $0["code"].string } == [Space.oudeNoorden, Space.agniesebuurt])
            #expect(cora["themes"].array.map { $0["name"].string } == ["groen"])
            #expect(cora["themes"].array.map { $0["conversations"].number } == [2])
            for shared in ["agreements", "meetings", "initiatives", "balance"] {
                for other in [fatima, joost, olga] { #expect(other[shared] == cora[shared], "\(shared)") }
            }
            let agreements = cora["agreements"]
            #expect(agreements["broken"].number == 1 && agreements["open"].number == 2)
            #expect(cora["meetings"].array.map { $0["chairedBy"].string } == ["resident"])
            let balance = cora["balance"].array
            #expect(balance.map { $0["areaName"].string } == ["Oude Noorden"])
            #expect(balance.map { [$0["offers"].number, $0["needs"].number, $0["matches"].number] } == [[1, 1, 1]])
        }

        /// No command finds her, and no file of anybody holds her name.
        private func expectForgotten(_ day: WholeDay, _ all: [Laptop]) async throws {
            for laptop in all {
                #expect(
                    try await laptop.run("search", "Vogelenzang").done()["results"].array.isEmpty, "\(laptop.store)")
            }
            try await day.space.stop()
            for directory in [day.space.data] + all.map(\.store) {
                #expect(try day.forgotten.files(under: directory) == [], "\(directory)")
            }
        }
    }
}
