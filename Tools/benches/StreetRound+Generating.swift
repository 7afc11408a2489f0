import Foundation
import StoepModel

extension StreetRound {
    /// A round of the same shape and statistics as the recorded one: so many areas, teams, streets, themes and words, and
    /// words as often as there. Its bare values deflate to as many bytes a record, give or take a twentieth.
    static func generated(count: Int, seed: UInt64) -> StreetRound {
        var generator = StreetRoundGenerator(seed: seed)
        return StreetRound(
            records: (0..<count).map { _ in generator.record() }, source: "\(count) records made up from seed \(seed)")
    }
}

private struct StreetRoundGenerator {
    /// Words of a language that nobody speaks, put together of what Dutch words are made of.
    private static let onsets = [
        "b", "d", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "w", "z", "st", "gr", "br", "kl", "sl", "schr",
        "bl", "tr", "vl", "kr", "dr", "sp", "pr", "kn", "zw", "j", "f", "fl", "",
    ]
    private static let vowels = [
        "a", "e", "i", "o", "u", "aa", "ee", "oo", "ij", "oe", "ui", "ie", "eu", "ou", "e", "e", "a",
    ]
    private static let codas = [
        "", "", "n", "r", "l", "s", "t", "k", "m", "p", "d", "g", "rs", "st", "cht", "nd", "nk", "ng", "ls", "rt", "f",
    ]
    /// Letters of the words, from 3 on: how many in a hundred have so many.
    private static let lengths = [1, 1, 3, 5, 8, 13, 16, 18, 18, 17]
    private static let languages = [("nl", 70), ("en", 8), ("tr", 8), ("ar", 6), ("pl", 4), ("pap", 2), ("ti", 2)]
    private static let minutes = [5, 5, 10, 10, 3, 8, 15, 20, 30, 45]
    private static let streets = [("straat", 48), ("laan", 19), ("weg", 16), ("plein", 7), ("kade", 6), ("hof", 4)]

    private var random: SeededRandom
    private var words: [String] = []
    /// By word, how much of all words it and those before it are.
    private var shares: [Double] = []
    private var themes: [String] = []
    private var places: [String] = []
    private var areas: [String] = []
    private var time: UInt64 = 1_788_000_000_000

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        var known: Set<String> = []
        while words.count < 12_000 {
            let word = word()
            if known.insert(word).inserted { words.append(word) }
        }
        // Zipf's law, flattened at its head: so the recorded words come.
        var sum = 0.0
        for rank in words.indices {
            sum += 1 / pow(Double(rank + 1) + 2.7, 0.93)
            shares.append(sum)
        }
        themes = (0..<40).map { _ in word() }
        places = (0..<300).map { _ in
            let street = word() + pick(Self.streets)
            return street.prefix(1).uppercased() + street.dropFirst()
        }
        areas = (0..<90).map { _ in "BU0599\(1000 + random.below(1500))" }
    }

    mutating func record() -> StreetRound.Record {
        time += UInt64(20_000 + random.below(880_000))
        let values: [(String, Value)] = [
            ("startedAt", .integer(Int64(time))),
            ("area", .text(areas[random.below(areas.count)])),
            ("place", .text("\(places[random.below(places.count)]) \(1 + random.below(219))")),
            ("language", .text(pick(Self.languages))),
            ("consent", .text(pick([("anonymous", 70), ("contact", 25), ("none", 5)]))),
            ("minutes", .integer(Int64(Self.minutes[random.below(Self.minutes.count)]))),
            ("headcount", .integer([1, 1, 1, 1, 2, 2, 3, 5][random.below(8)])),
            ("channel", .text(["street", "door", "market", "school", "garden"][random.below(5)])),
            ("team", .text("team-\(1 + random.below(132))")),
            ("status", .text(pick([("closed", 69), ("open", 31)]))),
            ("source", .text(["round", "walk-in", "referral"][random.below(3)])),
            ("followUpOn", .text(day())),
        ]
        var chosen: Set<String> = []
        while chosen.count < 3 { chosen.insert(themes[random.below(themes.count)]) }
        let note = (0..<50).map { _ in words[drawn()] }.joined(separator: " ")
        return StreetRound.Record(
            values: values.map { (name: $0.0, value: $0.1) }, themes: chosen.sorted(), words: note)
    }

    private mutating func word() -> String {
        var rest = random.below(Self.lengths.reduce(0, +))
        var length = 3
        for share in Self.lengths {
            if rest < share { break }
            rest -= share
            length += 1
        }
        var word = ""
        while word.count < length {
            word += Self.onsets[random.below(Self.onsets.count)] + Self.vowels[random.below(Self.vowels.count)]
            word += Self.codas[random.below(Self.codas.count)]
        }
        return String(word.prefix(length))
    }

    /// The number of a word, as often as its share is.
    private mutating func drawn() -> Int {
        let at = random.fraction() * (shares.last ?? 0)
        var (low, high) = (0, shares.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] < at { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func pick(_ choices: [(String, Int)]) -> String {
        var rest = random.below(choices.reduce(0) { $0 + $1.1 })
        for (choice, share) in choices {
            if rest < share { return choice }
            rest -= share
        }
        return choices[0].0
    }

    private mutating func day() -> String {
        let (month, day) = (1 + random.below(12), 1 + random.below(28))
        return "2026-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }
}
