import StoepMerge
import StoepModel
import StoepStore

/// Finds which offers and needs may go together: through what they have in common, so that what has nothing in common is
/// never compared.
struct Matchmaking {
    /// An offer and a need with something in common.
    struct Pair {
        let offer: RecordID
        let need: RecordID
        let themes: [RecordID]
        let words: [String]
        /// The code of the area that both name.
        let area: String?
        let left: Int64
        let missing: [String]

        fileprivate var weight: Int { 3 * themes.count + words.count + (area == nil ? 0 : 2) }
    }

    /// What can be had in common, looked up once.
    private struct Side {
        let id: RecordID
        let area: String?
        let themes: Set<RecordID>
        let words: Set<String>

        init(_ state: RecordState, _ lineage: ThemeLineage) {
            id = state.id
            area = state.string(Field.Offer.area).flatMap { $0.isEmpty ? nil : $0 }
            themes = Set(
                state.members(Field.Offer.themes).compactMap { member in
                    if case .record(let theme) = member.value { lineage.end(of: theme) } else { nil }
                })
            let text = (state.string(Field.Offer.what) ?? "") + " " + state.text(Field.Offer.description)
            words = Set(
                text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { $0.count > 3 })
        }
    }

    private let offers: [(side: Side, left: Int64, missing: [String])]
    private let needs: [Side]
    private var byTheme: [RecordID: [Int]] = [:]
    private var byWord: [String: [Int]] = [:]
    private let matched: [RecordID: Set<RecordID>]

    init(offers: [RecordState], needs: [RecordState], _ matches: [MatchRow], _ lineage: ThemeLineage) {
        let taken = Dictionary(grouping: matches, by: \.offer)
        self.offers = offers.compactMap { offer in
            let left = Self.left(of: offer.integer(Field.Offer.capacity), taken[offer.id] ?? [])
            return left > 0 ? (Side(offer, lineage), left, Replica.missing(offer)) : nil
        }
        self.needs = needs.map { Side($0, lineage) }
        matched = taken.mapValues { Set($0.map(\.need)) }
        for (index, need) in self.needs.enumerated() {
            for theme in need.themes { byTheme[theme, default: []].append(index) }
            for word in need.words { byWord[word, default: []].append(index) }
        }
    }

    /// How much of an offer nobody takes yet: one where nothing is said.
    static func left(of capacity: Int64?, _ matches: [MatchRow]) -> Int64 {
        let taken = matches.filter { $0.progress == Progress.accepted.rawValue }.reduce(Int64(0)) {
            $0.addingUpTo(max(0, $1.share))
        }
        return (capacity ?? 1).subtractingDownTo(taken)
    }

    /// The most likely first.
    /// - Parameters:
    ///   - id: of this offer or need alone; nil for all.
    ///   - area: of which one of the two is at least.
    func pairs(of id: RecordID?, area: String?) -> [Pair] {
        var found: [Pair] = []
        for (offer, left, missing) in offers {
            var candidates: Set<Int> = []
            for theme in offer.themes { candidates.formUnion(byTheme[theme] ?? []) }
            for word in offer.words { candidates.formUnion(byWord[word] ?? []) }
            for index in candidates {
                let need = needs[index]
                guard id == nil || offer.id == id || need.id == id, matched[offer.id]?.contains(need.id) != true,
                    offer.area == nil || need.area == nil || offer.area == need.area,
                    area == nil || offer.area == area || need.area == area
                else { continue }
                found.append(
                    Pair(
                        offer: offer.id, need: need.id, themes: offer.themes.intersection(need.themes).sorted(),
                        words: offer.words.intersection(need.words).sorted(),
                        area: need.area == nil ? nil : offer.area, left: left, missing: missing))
            }
        }
        return found.sorted {
            ($1.weight, $0.missing.count, $0.offer, $0.need) < ($0.weight, $1.missing.count, $1.offer, $1.need)
        }
    }
}
