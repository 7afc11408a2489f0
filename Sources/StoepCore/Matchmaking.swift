import StoepMerge
import StoepModel
import StoepStore

/// Finds which offers and needs may go together: through what they have in common, so that what has nothing in common is
/// never compared. Needs stand in the order of their areas, and what they have in common has a list of them: of another
/// area's needs nothing is looked at.
struct Matchmaking {
    /// An offer and a need with something in common.
    struct Pair: Equatable {
        let offer: RecordID
        let need: RecordID
        let themes: [RecordID]
        let words: [String]
        /// The code of the area that both name.
        let area: String?
        let left: Int64
        let missing: [String]
    }

    /// What can be had in common, looked up once.
    private struct Side {
        let id: RecordID
        let area: String?
        let themes: Set<RecordID>
        let words: Set<String>
        /// The numbers of those of them that any need has.
        var terms: [Int] = []

        init(_ state: RecordState, _ lineage: ThemeLineage) {
            id = state.id
            area = state.string(Field.Offer.area).flatMap { $0.isEmpty ? nil : $0 }
            themes = Set(
                state.members(Field.Offer.themes).compactMap { member in
                    if case .record(let theme) = member.value { lineage.end(of: theme) } else { nil }
                })
            words = Matchmaking.words(
                (state.string(Field.Offer.what) ?? "") + " " + state.text(Field.Offer.description))
        }
    }

    /// A theme or a word, and how much it says.
    private struct Term {
        let weight: Int
        /// Ascending.
        var needs: [Int] = []
    }

    /// A pair that was found, before anything is said of it.
    private struct Candidate {
        let weight: Int
        let missing: Int
        let offer: Int
        let need: Int
    }

    private let offers: [(side: Side, left: Int64, missing: [String])]
    /// Those without an area first, then area by area.
    private let needs: [Side]
    /// Where in `needs` those of an area stand.
    private var ranges: [String?: Range<Int>] = [:]
    private var terms: [Term] = []
    private let matched: [RecordID: Set<RecordID>]

    init(offers: [RecordState], needs: [RecordState], _ matches: [MatchRow], _ lineage: ThemeLineage) {
        let taken = Dictionary(grouping: matches, by: \.offer)
        matched = taken.mapValues { Set($0.map(\.need)) }
        var sides = needs.map { Side($0, lineage) }.sorted { ($0.area ?? "", $0.id) < ($1.area ?? "", $1.id) }
        var (themes, words): ([RecordID: Int], [String: Int]) = ([:], [:])
        for index in sides.indices {
            let area = sides[index].area
            ranges[area] = (ranges[area]?.lowerBound ?? index)..<index + 1
            for theme in sides[index].themes {
                sides[index].terms.append(Self.number(theme, in: &themes, weight: 3, &terms))
            }
            for word in sides[index].words {
                sides[index].terms.append(Self.number(word, in: &words, weight: 1, &terms))
            }
            for term in sides[index].terms { terms[term].needs.append(index) }
        }
        self.needs = sides
        self.offers = offers.compactMap { offer in
            let left = Self.left(of: offer.integer(Field.Offer.capacity), taken[offer.id] ?? [])
            guard left > 0 else { return nil }
            var side = Side(offer, lineage)
            side.terms = side.themes.compactMap { themes[$0] } + side.words.compactMap { words[$0] }
            return (side, left, Replica.missing(offer))
        }
    }

    private static func number<Key: Hashable>(
        _ key: Key, in numbers: inout [Key: Int], weight: Int, _ terms: inout [Term]
    ) -> Int {
        if let known = numbers[key] { return known }
        numbers[key] = terms.count
        terms.append(Term(weight: weight))
        return terms.count - 1
    }

    /// What a text says in words of more than three letters, all of them small.
    private static func words(_ text: String) -> Set<String> {
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            return Set(
                text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count > 3 })
        }
        // The same of ASCII, of which a character is a byte.
        let bytes = text.lowercased().utf8.split { !(0x30...0x39).contains($0) && !(0x61...0x7A).contains($0) }
        return Set(bytes.filter { $0.count > 3 }.map { String(Substring($0)) })
    }

    /// How much of an offer nobody takes yet: one where nothing is said.
    static func left(of capacity: Int64?, _ matches: [MatchRow]) -> Int64 {
        let taken = matches.filter { $0.progress == Progress.accepted.rawValue }.reduce(Int64(0)) {
            $0.addingUpTo(max(0, $1.share))
        }
        return (capacity ?? 1).subtractingDownTo(taken)
    }

    // MARK: Finding

    /// The most likely first.
    /// - Parameters:
    ///   - id: of this offer or need alone; nil for all.
    ///   - area: of which one of the two is at least.
    ///   - limit: how many at most.
    /// - Returns: those, and how many there are in all.
    func pairs(of id: RecordID?, area: String?, limit: Int? = nil) -> (pairs: [Pair], count: Int) {
        let limit = limit.map { max(0, min($0, 1 << 30)) }
        var found: [Candidate] = []
        var count = 0
        var weights = [Int](repeating: 0, count: needs.count)
        let isOfAll = id == nil || needs.contains { $0.id == id }
        for (index, offer) in offers.enumerated() where isOfAll || offer.side.id == id {
            let (isOffer, settled) = (offer.side.id == id, matched[offer.side.id] ?? [])
            for need in related(to: offer.side, &weights) {
                let common = weights[need]
                weights[need] = 0
                guard id == nil || isOffer || needs[need].id == id, !settled.contains(needs[need].id),
                    area == nil || offer.side.area == area || needs[need].area == area
                else { continue }
                count += 1
                let isOfOneArea = offer.side.area != nil && needs[need].area != nil
                found.append(
                    Candidate(
                        weight: common + (isOfOneArea ? 2 : 0), missing: offer.missing.count, offer: index, need: need))
            }
            // What is beyond the limit by now stays so.
            if let limit, found.count > 2 * limit + 1000 { found = first(limit, of: found) }
        }
        return (first(limit ?? found.count, of: found).map(pair), count)
    }

    /// The needs that may go with an offer, each once; what they have in common is added up at their places.
    private func related(to offer: Side, _ weights: inout [Int]) -> [Int] {
        let all = 0..<needs.count
        let near = offer.area == nil ? [all] : [ranges[nil], ranges[offer.area]].compactMap { $0 }
        var found: [Int] = []
        for number in offer.terms {
            let term = terms[number]
            for range in near {
                var place = Self.place(of: range.lowerBound, in: term.needs)
                while place < term.needs.count, term.needs[place] < range.upperBound {
                    let need = term.needs[place]
                    if weights[need] == 0 { found.append(need) }
                    weights[need] += term.weight
                    place += 1
                }
            }
        }
        return found
    }

    /// Where the first that is not less stands.
    private static func place(of least: Int, in sorted: [Int]) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < least { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func first(_ limit: Int, of found: [Candidate]) -> [Candidate] {
        let sorted = found.sorted { one, other in
            if one.weight != other.weight { return one.weight > other.weight }
            if one.missing != other.missing { return one.missing < other.missing }
            if one.offer != other.offer { return offers[one.offer].side.id < offers[other.offer].side.id }
            return needs[one.need].id < needs[other.need].id
        }
        return Array(sorted.prefix(limit))
    }

    private func pair(_ found: Candidate) -> Pair {
        let (offer, need) = (offers[found.offer], needs[found.need])
        return Pair(
            offer: offer.side.id, need: need.id, themes: offer.side.themes.intersection(need.themes).sorted(),
            words: offer.side.words.intersection(need.words).sorted(), area: need.area == nil ? nil : offer.side.area,
            left: offer.left, missing: offer.missing)
    }
}
