/// What a space says for everybody in it, beside its name and for how long it keeps conversations. Nil where it says
/// nothing of it; in a change, what stays as it is.
package struct SpaceSettings: Equatable, Sendable {
    /// What a resident is called, and several.
    package var resident: String?
    package var residents: String?
    /// For how many days after a contact nobody else is to go to the same place.
    package var coolDownDays: Int?

    package init(resident: String? = nil, residents: String? = nil, coolDownDays: Int? = nil) {
        self.resident = resident
        self.residents = residents
        self.coolDownDays = coolDownDays
    }

    /// Where the space says nothing else.
    package static let usualCoolDownDays = 7
    package static let mostCoolDownDays = 366
}
