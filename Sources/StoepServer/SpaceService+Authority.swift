import StoepModel
import StoepStore
import StoepWire

extension SpaceService {
    /// The root's statements, for a device that finds another key here than it knew. Whoever names the space may have
    /// them: they prove themselves and tell of nobody, and the roster here need not have a device that another daemon
    /// let in.
    package func authority(_ request: AuthorityRequest) throws -> AuthorityResponse {
        guard request.space == id else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
        return try store.read {
            AuthorityResponse(statements: Array(try store.statements().suffix(Limits.statements)))
        }
    }

    /// Tells the operator whose chain came in twice: a laptop that was cloned, or restored from an older copy.
    func noteForks() {
        for fork in store.takeForks() {
            log(.warning, "fork", ["device": .device(fork.device), "log": .word(fork.log.word)])
        }
    }
}

extension LogKind {
    fileprivate var word: StaticString {
        switch self {
        case .roster: "roster"
        case .square: "square"
        case .street: "street"
        case .signal: "signal"
        case .contact: "contact"
        }
    }
}
