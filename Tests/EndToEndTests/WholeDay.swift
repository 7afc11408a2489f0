import Foundation
import StoepTestSupport
import Testing

/// One day in one space, as those who live it: what each does in each part of it, and what they go on with.
final class WholeDay {
    let space: Space
    /// She goes round in Oude Noorden, he in Agniesebuurt: two streets, of which neither reads the other's.
    let fatima: Laptop
    let joost: Laptop
    /// A resident.
    let olga: Laptop
    /// She coordinates.
    let cora: Laptop

    /// The name of somebody who asks in the afternoon to be forgotten.
    let forgotten = Canary("mevrouw Kanarie-Vogelenzang van nummer 12")
    let redCoat = "de man met de rode jas"

    private(set) var meeting = ""
    private(set) var talk = ""
    private(set) var signals: [String] = []
    private(set) var offer = ""
    private(set) var need = ""
    private(set) var lamp = ""
    private(set) var erased: Set<String> = []

    var stick: String { space.folder + "/stick.stoep" }

    /// The day before: everybody joins, how consent is asked for is agreed, and olga calls a meeting.
    init() async throws {
        space = try await Space.serving()
        cora = try await space.coordinator("cora")
        olga = try await space.owner("olga")
        fatima = try await space.volunteer("fatima")
        joost = space.laptop("joost")
        let invitation = try await space.invite("volunteer", "joost", areas: [Space.agniesebuurt])
        try await joost.run("join", "-", input: invitation).done()
        try await cora.run(
            "consent", "add", "2026-1", "--language", "nl", "--wording", "-", input: "Mag ik opschrijven wat u zegt?"
        ).done()
        meeting = try id(
            await olga.run(
                "meeting", "new", "buurtgroen", "--at", "2026-12-03T15:00", "--agenda", "opening", "--agenda", "bomen",
                "--minutes", "Verslag."))
        try await settle(cora, olga, fatima, joost)
        try await space.stop()
    }

    // The morning, without a network.

    func morningInOudeNoorden() async throws {
        let area = Space.oudeNoorden
        try await fatima.run("sync").refused(4, "daemon-unreachable")
        try await fatima.run(
            "tally", "add", "--approached", "12", "--declined", "4", "--area", area, "--on", "2026-11-20"
        ).done()
        talk = try id(
            await fatima.run(
                "talk", "new", "--area", area, "--place", "Noordplein", "--position", "51.93473,4.48222", "--words",
                "-",
                "--observation", "Hij zat op het bankje.", "--person", redCoat, "--consent", "contact", "--language",
                "nl",
                "--consent-version", "2026-1", "--theme", "groen", "--question", "Waarom is de speeltuin dicht?",
                "--answer", "Het geld is op.", "--follow-up", "+7", input: "Ik schaak hier elke dag."))
        try await fatima.run("person", "contact", redCoat, "--telephone", "-", input: "0612345678").done()
        try await fatima.run("person", "edit", redCoat, "--talent", "schaken").done()

        // What came up is asked along at the next, and so is a dilemma.
        let why = try #require(try await questions(fatima).first?["id"].string)
        let dilemma = try id(
            await fatima.run(
                "question", "add", "Wat zou u doen?", "--description", "Uw buurman komt de deur niet meer uit."))
        for question in [why, dilemma] { try await fatima.run("question", "ask", question).done() }
        let carried = try await questions(fatima, "--carried").compactMap(\.["id"].string)
        #expect(Set(carried) == [why, dilemma])
        try await fatima.run(
            "talk", "new", "--area", area, "--place", "Zwaanshals", "--words", "Er was vandalisme.", "--question", why,
            "--answer", "Vandalen.", "--question", "Wat zou u doen?", "--answer", "Aanbellen."
        ).done()

        // Somebody who wants to be left alone is seen at once by who comes to that place.
        try await fatima.run(
            "talk", "new", "--area", area, "--place", "noordplein", "--person", "Bea", "--words", "Nu niet."
        ).done()
        try await fatima.run("person", "edit", "Bea", "--do-not-approach", "yes").done()
        let near = try await fatima.run("near", "--place", "Noordplein").done()
        #expect(near["contacts"].array.map { $0["by"].string } == ["fatima", "fatima"])
        #expect(near["notToApproach"].array.map { $0["alias"].string } == ["Bea"])

        signals.append(
            try id(
                await fatima.run(
                    "signal", "-", "--talk", talk, "--place", "Noordplein", input: "Hij heeft vandaag een dokter nodig."
                )))
        need = try id(
            await fatima.run("need", "new", "boodschappen", "--theme", "zorg", "--area", area, "--talk", talk))
        lamp = try id(
            await fatima.run(
                "agreement", "new", "lamp maken", "--who", "wijkbeheer", "--promised-by", "municipality", "--due",
                "yesterday", "--area", area, "--theme", "veiligheid", "--talk", talk))
        let asked = try id(
            await fatima.run(
                "talk", "new", "--area", area, "--place", "Bergweg", "--words", "Het gaat om \(forgotten.text).",
                "--observation", "Bij \(forgotten.text) thuis.", "--person", forgotten.text, "--question",
                "Wie helpt mij?",
                "--answer", "\(forgotten.text) redt het niet alleen."))
        let persons = try await fatima.run("person", "list").done()["persons"].array
        let person = persons.first { $0["fields"]["alias"].string == forgotten.text }?["id"].string
        erased = [asked, try #require(person)]
        try await fatima.run("talk", "new", "--area", Space.agniesebuurt, "--words", "x").refused(5, "area-not-granted")
    }

    func morningInAgniesebuurt() async throws {
        let area = Space.agniesebuurt
        try await joost.run(
            "tally", "add", "--approached", "5", "--declined", "1", "--area", area, "--on", "2026-11-20"
        ).done()
        let talk = try id(
            await joost.run(
                "talk", "new", "--area", area, "--place", "Bergweg", "--words", "Ik kook voor de hele trap.",
                "--person",
                "Ria", "--theme", "groen", "--question", "Wanneer gaat de speeltuin open?", "--answer", "Nooit meer."))
        try await joost.run("person", "edit", "Ria", "--talent", "koken").done()
        try await joost.run("referral", "new", "schulden", "--to", "wijkteam", "--talk", talk).done()
        try await joost.run(
            "initiative", "new", "kookclub", "--area", area, "--partner", "neighbourhood", "--theme", "eten",
            "--contact",
            "de balie van het buurthuis", "--verified", "today"
        ).done()
        signals.append(try id(await joost.run("signal", "Het ruikt naar gas.", "--talk", talk, "--place", "Bergweg")))
    }

    /// At home: what she has to give, and the theme that she wants to lead. She knows of nobody else's yet.
    func morningOfResident() async throws {
        try await olga.run("talk", "new", "--area", Space.oudeNoorden, "--words", "x").refused(5, "talks-not-granted")
        try await olga.run("theme", "new", "groen").done()
        let asked = try await olga.run("theme", "own", "groen", "--reason", "-", input: "Ik woon hier.").done()
        #expect(asked["ownership"].string == "asked")
        try await olga.run("theme", "edit", "groen", "--next-step", "bomen planten").refused(5, "not-owner")
        offer = try id(
            await olga.run(
                "offer", "new", "zorgen voor buren", "--capacity", "2", "--condition", "ov-kaart", "--theme", "zorg",
                "--area", "Oude Noorden"))
    }

    // Noon: somebody carries a stick.

    /// What fatima has so far goes to the daemon, which does not run, and to cora, who answers what cannot wait.
    func noon() async throws {
        try await fatima.run("bundle", "export", stick).done()
        #expect(!forgotten.stands(in: Array(try Data(contentsOf: URL(fileURLWithPath: stick)))))
        #expect(try await space.stoepd("bundle", "import", stick).done()["received"].number ?? 0 > 0)
        #expect(try await cora.run("bundle", "import", stick).done()["received"].number ?? 0 > 0)
        #expect(try await waiting(cora) == [signals[0]])
        try await cora.run("signal", "answer", signals[0], "-", input: "De dokter is onderweg.").done()
        #expect(try await waiting(cora).isEmpty)
        #expect(try await waiting(fatima) == [signals[0]], "no network has brought the answer yet")
    }

    // The afternoon: a meeting, and somebody who wants to be forgotten.

    func meet() async throws {
        try await olga.run(
            "meeting", "edit", meeting, "--chair", "Olga", "--chaired-by", "resident", "--residents", "9", "--present",
            "me", "--minutes", "Olga zit voor. Verslag."
        ).done()
        try await olga.run("meeting", "agenda", meeting, "--add", "rondvraag").done()
        try await olga.run(
            "agreement", "new", "sleutel halen", "--member", "me", "--due", "+1", "--meeting", "buurtgroen"
        ).done()
        try await fatima.run(
            "meeting", "edit", meeting, "--professionals", "1", "--present", "me", "--minutes",
            "Verslag. Wij planten bomen."
        ).done()
        try await fatima.run("meeting", "agenda", meeting, "--add", "water").done()
        try await fatima.run(
            "agreement", "new", "bomen bestellen", "--who", "Olga", "--promised-by", "resident", "--due", "+2",
            "--meeting", "buurtgroen"
        ).done()
    }

    /// She is gone from the laptop at once; where the stick brought her she still is.
    func forget() async throws {
        for record in erased { try await fatima.run("erase", record).done() }
        #expect(try forgotten.files(under: fatima.store) == [])
        for directory in [space.data, cora.store] {
            #expect(try !forgotten.files(under: directory).isEmpty, "\(directory)")
        }
    }

    // What those who take part do often.

    func id(_ answer: Answer) throws -> String { try #require(try answer.done()["id"].string) }

    func questions(_ laptop: Laptop, _ options: String...) async throws -> [JSON] {
        try await space.run("stoep", ["--store", laptop.store, "--json", "question", "list"] + options).done()[
            "questions"
        ].array
    }

    func waiting(_ laptop: Laptop) async throws -> [String] {
        try await laptop.status()["signals"].array.compactMap { $0["signal"]["id"].string }
    }

    /// Syncs until nothing more comes of it.
    func settle(_ laptops: Laptop...) async throws {
        for _ in 0..<2 { for laptop in laptops { try await laptop.sync() } }
    }
}
