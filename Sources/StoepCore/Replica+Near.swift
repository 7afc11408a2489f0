import StoepMerge
import StoepModel
import StoepStore

/// A place on the earth, in hundred-thousandths of a degree: about a metre.
public struct Position: Sendable, Equatable {
    public let latitude: Int64
    public let longitude: Int64

    /// Reads `51.93473,4.48222`; nil where that is no place.
    public init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2, let latitude = Degrees.parse(parts[0], atMost: 90),
            let longitude = Degrees.parse(parts[1], atMost: 180)
        else { return nil }
        self.init(latitude: latitude, longitude: longitude)
    }

    init(latitude: Int64, longitude: Int64) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// So many units of longitude are as far as one of latitude, here.
    private var stretch: Double {
        let angle = Double(latitude) / 100_000 * .pi / 180, square = angle * angle
        let cosine = 1 - square / 2 * (1 - square / 12 * (1 - square / 30 * (1 - square / 56)))
        return max(cosine, 0.01)
    }

    /// How far it is, as long as that is not far: the earth is taken to be flat.
    func metres(to other: Position) -> Int64 {
        let north = Double(other.latitude - latitude), east = Double(other.longitude - longitude) * stretch
        return Int64(((north * north + east * east).squareRoot() * Self.metresPerUnit).rounded())
    }

    /// The least and the greatest latitude and longitude so near.
    func box(metres: Int64) -> (latitude: ClosedRange<Int64>, longitude: ClosedRange<Int64>) {
        let north = Int64((Double(metres) / Self.metresPerUnit).rounded(.up))
        let east = Int64((Double(metres) / Self.metresPerUnit / stretch).rounded(.up))
        return (latitude - north...latitude + north, longitude - east...longitude + east)
    }

    private static let metresPerUnit = 1.11195
}

/// Where somebody is, as they say it. Everything may be left out: then it is where the last conversation was.
public struct Whereabouts: Sendable {
    /// A code or a name.
    public var area: String?
    public var place: String?
    public var position: Position?
    public init() {}
}

/// A conversation that took place near by.
public struct NearContact: Sendable {
    public let id: RecordID
    public let startedAt: Timestamp
    public let area: Area?
    public let place: String?
    public let by: Person
    /// How far it was, where both places are known.
    public let metres: Int64?
    public let persons: [String]
    /// Who goes back, and when, where that was said and not yet done.
    public let followUpOn: String?
}

/// Who was in the same street of late, and who is to be left alone there.
public struct Near: Sendable {
    public let area: Area?
    public let place: String?
    public let position: Position?
    /// The latest first.
    public let contacts: [NearContact]
    /// From when on these were looked for.
    public let since: Timestamp
    /// Those whom nobody is to approach: by their alias, sorted.
    public let notToApproach: [(id: RecordID, alias: String)]
    public let coolDownDays: Int64
    /// Until when others should leave the street in peace; nil where nobody was there of late, and of a whole area.
    public let restUntil: Timestamp?
}

/// One house is not visited twice the same week by two teams.
extension Replica {
    /// How near is the same street, in metres.
    public static let nearMetres: Int64 = 150
    private static let lookBackDays: Int64 = 28
    private static let day: Int64 = 86_400_000

    /// Recent contacts in the same street, by any team: at a place of the same name or within 150 metres; of an area
    /// where no place is known.
    /// - Parameters:
    ///   - typed: where; the place of the last conversation unless given.
    ///   - since: from when on; nil for four weeks back, or as long as a contact is to rest.
    ///   - limit: of contacts.
    /// - Throws: `unknownArea`, `ambiguousArea`, `empty` where neither place nor area is known.
    public func near(
        _ typed: Whereabouts = Whereabouts(), since: Timestamp? = nil, limit: Int = 50
    ) throws(ReplicaError) -> Near {
        try ReplicaError.naming {
            try store.read {
                let isNamed = typed.area != nil || !(typed.place ?? "").trimmed.isEmpty || typed.position != nil
                let last = isNamed ? (area: nil, place: nil) : try lastWhereabouts()
                let area = try typed.area.map { try self.area(meaning: $0) } ?? last.area
                let place = isNamed ? typed.place?.trimmed : last.place
                guard area != nil || place != nil || typed.position != nil else {
                    throw ReplicaError.empty(field: "place")
                }
                let now = Int64(clamping: store.environment.now().milliseconds)
                let rest = try coolDownDays()
                let from =
                    since.map { Int64(clamping: $0.milliseconds) }
                    ?? max(0, now - max(rest, Self.lookBackDays) * Self.day)
                let found = try contacts(at: place, typed.position, area, since: from)
                // What a clock that is ahead says keeps nobody away.
                let latest = found.lazy.map(\.startedAt).first { $0 <= now + Self.day }
                let end = latest.map { $0 + rest * Self.day }
                let isStreet = place != nil || typed.position != nil
                var people = People(self)
                return Near(
                    area: area, place: place, position: typed.position,
                    contacts: try found.prefix(limit).map { try contact($0, &people) },
                    since: Timestamp(milliseconds: UInt64(clamping: from)),
                    notToApproach: try notToApproach(at: place, area, found), coolDownDays: rest,
                    restUntil: end.flatMap {
                        isStreet && $0 > now ? Timestamp(milliseconds: UInt64(clamping: $0)) : nil
                    })
            }
        }
    }

    /// Where this member recorded last, as far as the latest conversations here tell.
    public func lastPlace() throws(ReplicaError) -> (area: Area?, place: String?) {
        try ReplicaError.naming { try store.read { try lastWhereabouts() } }
    }

    private func lastWhereabouts() throws -> (area: Area?, place: String?) {
        let code = try text(Meta.area)
        for id in try store.conversations(limit: 50) {
            let state = try store.stored(id)
            guard state.creation?.member == member, let place = state.string(Field.Conversation.place) else { continue }
            let isThere = code == nil || state.string(Field.Conversation.area) == code
            return (try code.map { try area(code: $0) }, isThere ? place : nil)
        }
        return (try code.map { try area(code: $0) }, nil)
    }

    /// For how many days nobody else is to go to the same place.
    private func coolDownDays() throws -> Int64 {
        Int64(try store.settings().coolDownDays ?? SpaceSettings.usualCoolDownDays)
    }

    /// A conversation near by, as it is folded.
    private struct Found {
        let state: RecordState
        let startedAt: Int64
        let metres: Int64?
    }

    /// The latest first.
    private func contacts(at place: String?, _ position: Position?, _ area: Area?, since: Int64) throws -> [Found] {
        let recent = RecordSelection.Condition.atLeast(Field.Conversation.startedAt, .integer(since))
        var found: [RecordID: Found] = [:]
        if let place, !place.isEmpty {
            try forEachLatest([recent, .reads(Field.Conversation.place, place)]) { state in
                // A street of that name in another area is another street.
                let isThere = area == nil || [nil, area?.code].contains(state.string(Field.Conversation.area))
                if isThere { found[state.id] = self.found(state, position) }
            }
        }
        if let position {
            let box = position.box(metres: Self.nearMetres)
            let (latitude, longitude) = (Field.Conversation.latitude, Field.Conversation.longitude)
            try forEachLatest([
                recent, .atLeast(latitude, .integer(box.latitude.lowerBound)),
                .atMost(latitude, .integer(box.latitude.upperBound)),
                .atLeast(longitude, .integer(box.longitude.lowerBound)),
                .atMost(longitude, .integer(box.longitude.upperBound)),
            ]) { state in
                let one = self.found(state, position)
                let isAtPlace = place.map { $0.lowercased() == state.string(Field.Conversation.place)?.lowercased() }
                if isAtPlace == true || one.metres.map({ $0 <= Self.nearMetres }) == true { found[state.id] = one }
            }
        }
        if place == nil, position == nil, let area {
            try forEachLatest([recent, .holds(Field.Conversation.area, .text(area.code))]) { state in
                found[state.id] = self.found(state, position)
            }
        }
        return found.values.sorted { ($1.startedAt, $1.state.id) < ($0.startedAt, $0.state.id) }
    }

    /// As many as anybody reads of, the latest first: a busy square has thousands.
    private func forEachLatest(_ conditions: [RecordSelection.Condition], _ body: (RecordState) -> Void) throws {
        let order = RecordSelection.Order(Field.Conversation.startedAt, isDescending: true)
        let selection = RecordSelection(conditions, order: order, limit: 500)
        try store.forEachRecord(of: .conversation, selection) { state, _ in body(state) }
    }

    private func found(_ state: RecordState, _ position: Position?) -> Found {
        var metres: Int64?
        if let position, let latitude = state.integer(Field.Conversation.latitude),
            let longitude = state.integer(Field.Conversation.longitude),
            (-9_000_000...9_000_000).contains(latitude), (-18_000_000...18_000_000).contains(longitude)
        {
            metres = position.metres(to: Position(latitude: latitude, longitude: longitude))
        }
        let startedAt = max(0, state.integer(Field.Conversation.startedAt) ?? 0)
        return Found(state: state, startedAt: startedAt, metres: metres)
    }

    private func contact(_ found: Found, _ people: inout People) throws -> NearContact {
        let state = found.state
        let isDone = state.string(Field.Conversation.followedUpOn) != nil
        return NearContact(
            id: state.id, startedAt: Timestamp(milliseconds: UInt64(clamping: found.startedAt)),
            area: try state.string(Field.Conversation.area).map { try people.area(code: $0) },
            place: state.string(Field.Conversation.place), by: try people.member(state.creation?.member),
            metres: found.metres,
            persons: try state.members(Field.Conversation.persons).compactMap { member -> String? in
                guard case .record(let person) = member.value else { return nil }
                return try people.name(of: person, in: .person)
            }.sorted(), followUpOn: isDone ? nil : state.string(Field.Conversation.followUpOn))
    }

    /// Whoever stands at the place, or took part in what was heard there; of a whole area whoever stands in it.
    private func notToApproach(
        at place: String?, _ area: Area?, _ talks: [Found]
    ) throws -> [(id: RecordID, alias: String)] {
        var candidates: Set<RecordID> = []
        if let place, !place.isEmpty {
            candidates.formUnion(try store.records(of: .person, RecordSelection([.reads(Field.Person.place, place)])))
        } else if let area {
            let flagged: [RecordSelection.Condition] = [
                .holds(Field.Person.area, .text(area.code)), .holds(Field.Person.doNotApproach, .bool(true)),
            ]
            candidates.formUnion(try store.records(of: .person, RecordSelection(flagged)))
        }
        for talk in talks {
            for member in talk.state.members(Field.Conversation.persons) {
                if case .record(let person) = member.value { candidates.insert(person) }
            }
        }
        return try candidates.filter { try store.stored($0).isListed && isNotToApproach($0) }.map {
            (id: $0, alias: try recordName($0, of: .person) ?? String($0.description.prefix(8)))
        }.sorted { ($0.alias, $0.id) < ($1.alias, $1.id) }
    }
}
