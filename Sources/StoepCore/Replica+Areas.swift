import StoepMerge
import StoepModel
import StoepStore

extension Replica {
    /// All areas, by name; or those that have a text in their name or code, in any case.
    public func areas(containing text: String? = nil) throws(ReplicaError) -> [Area] {
        try ReplicaError.naming {
            try store.read { try matching(text?.trimmed ?? "") }
        }
    }

    private func matching(_ text: String) throws -> [Area] {
        let areas = try store.areas().map { Area(code: $0.code, name: $0.name) }
        guard !text.isEmpty else { return areas }
        let wanted = text.lowercased()
        return areas.filter { $0.name.lowercased().holds(wanted) || $0.code.lowercased().holds(wanted) }
    }

    /// The area of a code.
    func area(code: String) throws -> Area {
        Area(code: code, name: try store.areaName(code) ?? code)
    }

    /// The one area that a person means by a code, a name, or a part of one. Inside a read.
    func area(meaning typed: String) throws -> Area {
        let typed = typed.trimmed
        guard !typed.isEmpty else { throw ReplicaError.unknownArea(typed) }
        // A code as it is written is one look; the rest may look at all of them.
        if try store.stored(store.naturalID(.area, typed)).collection == .area { return try area(code: typed) }
        let named = try store.areas(named: typed).map { Area(code: $0.code, name: $0.name) }
        if let only = try single(named, typed) { return only }
        let candidates = try matching(typed)
        let wanted = typed.lowercased()
        let whole = candidates.filter { $0.name.lowercased() == wanted || $0.code.lowercased() == wanted }
        if let only = try single(whole, typed) { return only }
        guard let only = try single(candidates, typed) else { throw ReplicaError.unknownArea(typed) }
        return only
    }

    private func single(_ areas: [Area], _ typed: String) throws -> Area? {
        guard areas.count < 2 else { throw ReplicaError.ambiguousArea(typed, areas) }
        return areas.first
    }

    // MARK: Partitions

    /// The log that a conversation in an area goes into: that of the area's partition, else of the member's default
    /// one, else of the only one there is for them. Inside a read.
    func conversationLog(_ area: Area?) throws -> LogID {
        let role = try currentRole()
        guard role == .volunteer || role == .coordinator else { throw ReplicaError.conversationsNotGranted }
        let partition = try area.flatMap { try store.partition(ofArea: $0.code) } ?? defaultPartition(role)
        guard let log = LogID.street(partition) else { throw ReplicaError.damaged("partition \(partition)") }
        guard try mayRecord(log) else {
            throw area.map { ReplicaError.areaNotGranted($0) } ?? ReplicaError.conversationsNotGranted
        }
        return log
    }

    private func defaultPartition(_ role: Role?) throws -> String {
        if case .text(let name)? = try store.stored(member).value(Field.Member.defaultPartition), !name.isEmpty {
            return name
        }
        var candidates = try store.grantedPartitions(member)
        if candidates.isEmpty, role == .coordinator { candidates = try store.partitions() }
        if candidates.isEmpty { candidates = try invitedPartitions() }
        guard let only = candidates.first else { throw ReplicaError.conversationsNotGranted }
        guard candidates.count == 1 else { throw ReplicaError.areaNeeded }
        return only
    }

    func mayRecord(_ log: LogID) throws -> Bool {
        if try store.role(of: member) == nil { return try invitedPartitions().contains(log.partition) }
        return try store.mayRead(member, log)
    }

    /// What the invitation promised; nothing once the roster is here.
    private func invitedPartitions() throws -> [String] {
        guard try store.role(of: member) == nil, let names = try text(Meta.partitions) else { return [] }
        return names.split(separator: "\n").map(String.init)
    }

    /// The role in the roster here; before it came, the one that the daemon named at enrolment.
    func currentRole() throws -> Role? {
        if let role = try store.role(of: member) { return role }
        return try store.meta(Meta.role)?.first.flatMap { Role(rawValue: Int64($0)) }
    }
}

extension String {
    /// Without the blanks and line breaks around it.
    var trimmed: String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(scalars[first...last])
    }

    /// Whether another text stands in it, as bytes.
    func holds(_ other: String) -> Bool {
        let (all, wanted) = (Array(utf8), Array(other.utf8))
        guard wanted.count <= all.count else { return false }
        return (0...all.count - wanted.count).contains { all[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }
}
