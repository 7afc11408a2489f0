import StoepModel
import StoepStore

/// What a space says for everybody in it.
extension Coordination {
    func settings() throws -> SpaceSettings { try store.read { try store.settings() } }

    func set(_ settings: SpaceSettings) throws -> SpaceSettings {
        for word in [settings.resident, settings.residents] {
            guard let word, !word.isEmpty else { continue }
            guard Bounds.isName(word) else { throw Objection(.nameUnusable, word) }
        }
        try store.write { try store.set(settings) }
        try store.prepareToSend()
        return try self.settings()
    }
}
