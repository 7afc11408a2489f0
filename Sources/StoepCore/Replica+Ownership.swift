import StoepMerge
import StoepModel
import StoepStore

/// How a member stands to a theme.
public enum ThemeOwnership: String, Sendable {
    /// Theirs to say what is wanted and done next.
    case owner
    /// Asked for: the daemon grants it at the next sync.
    case asked
    /// Given up: the daemon withdraws it at the next sync.
    case givenUp
    /// It was theirs; a coordinator would have to give it back.
    case withdrawn
}

/// Themes are born in the field, owned by residents, split and merged.
extension Replica {
    /// Asks for the ownership of a theme, or gives it up. The daemon answers at the next sync.
    /// - Parameters:
    ///   - theme: which.
    ///   - reason: why, for all to read; nil for nothing.
    ///   - giveUp: whether it is given up.
    /// - Returns: how this member stands to the theme from now on.
    /// - Throws: `unknownID`, `notAllowed`.
    public func own(_ theme: RecordID, reason: String? = nil, giveUp: Bool = false) throws(ReplicaError) -> ThemeOwnership {
        try ReplicaError.naming {
            try saveDrafts()
            return try store.write {
                guard try store.stored(theme).collection == .theme else { throw ReplicaError.unknownID(theme.description) }
                if try store.hadOwner(theme, member) { return .withdrawn }
                let owns = try store.owns(theme, member)
                let own = try store.claims(of: theme, by: member)
                // What nobody asked for is not given up.
                guard owns || !own.isEmpty || !giveUp else { throw ReplicaError.nothingToChange }
                let standing = own.filter { $0.value(Field.Claim.givenUp) != .bool(true) }
                if !giveUp, !standing.isEmpty || owns && own.isEmpty { return owns ? .owner : .asked }
                if giveUp, !own.isEmpty, standing.isEmpty { return .givenUp }
                let text: [FieldEdit] = (reason?.isEmpty ?? true) ? [] : [.text(Field.Claim.reason, reason ?? "")]
                let said: [FieldEdit] = [.set(Field.Claim.theme, .record(theme)), .set(Field.Claim.givenUp, .bool(giveUp))]
                // Each laptop may have asked by itself: given up are all of them, and one is asked with again.
                let targets: [RecordEdit.Target] =
                    own.isEmpty ? [.new(.claim)] : (giveUp ? standing : [own[0]]).map { .existing($0.id) }
                _ = try store.saveInTransaction(
                    targets.map { RecordEdit(log: .square, target: $0, fields: said + text) })
                if owns, !giveUp { return .owner }
                return giveUp ? .givenUp : .asked
            }
        }
    }

    /// The members who own a theme.
    public func owners(of theme: RecordID) throws(ReplicaError) -> [Person] {
        try ReplicaError.naming {
            try store.read {
                var people = People(self)
                return try store.owners(of: theme).map { try people.member($0) }
            }
        }
    }

    /// Says that a theme goes on as another: both stay, lists and counts take what names the first for the second.
    /// - Returns: whether anything changed.
    /// - Throws: `notJoinable` where both are one.
    public func merge(_ theme: RecordID, into other: RecordID) throws(ReplicaError) -> Bool {
        guard theme != other else { throw .notJoinable(theme, other) }
        return try edit(theme, [.set(Field.Theme.mergedInto, other.description)])
    }
}
