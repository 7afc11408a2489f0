import StoepMerge
import StoepModel

/// What a space says for everybody in it, as its roster has it.
extension Store {
    /// With the usual where the space says nothing of how long a street rests. Inside a read.
    package func settings() throws -> SpaceSettings {
        let space = try stored(spaceRecord, in: .roster)
        func word(_ field: FieldNumber) -> String? {
            guard case .text(let word)? = space.value(field), !word.isEmpty else { return nil }
            return word
        }
        var settings = SpaceSettings(
            resident: word(Field.Space.resident), residents: word(Field.Space.residents),
            coolDownDays: SpaceSettings.usualCoolDownDays)
        if case .integer(let days)? = space.value(Field.Space.coolDownDays) {
            settings.coolDownDays = min(max(Int(clamping: days), 0), SpaceSettings.mostCoolDownDays)
        }
        return settings
    }

    /// Sets what is not nil; an empty word takes it back. Inside a transaction.
    package func set(_ settings: SpaceSettings) throws {
        var fields: [FieldEdit] = []
        if let word = settings.resident { fields.append(.set(Field.Space.resident, .text(word))) }
        if let word = settings.residents { fields.append(.set(Field.Space.residents, .text(word))) }
        if let days = settings.coolDownDays {
            fields.append(.set(Field.Space.coolDownDays, .integer(Int64(clamping: days))))
        }
        guard !fields.isEmpty else { return }
        _ = try saveInTransaction([
            RecordEdit(log: .roster, target: .natural(.space, key: "space"), fields: fields)
        ])
        try audit("settings")
    }
}
