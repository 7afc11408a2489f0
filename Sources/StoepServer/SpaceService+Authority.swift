import StoepModel
import StoepStore
import StoepWire

extension SpaceService {
    /// The root's statements, for a device that finds another key here than it knew. Whoever is, or ever was, of the
    /// space may have them, and whoever was invited: a revoked device has to check what it is ordered by them.
    package func authority(_ request: AuthorityRequest, device: VerifyingKey) throws -> AuthorityResponse {
        return try store.read {
            let isKnown = try store.member(of: device) != nil
            guard try isKnown || request.invitation.map({ try store.isInvited($0) }) ?? false else {
                throw ErrorMessage(name: ErrorName.deviceUnknown)
            }
            return AuthorityResponse(statements: Array(try store.statements().suffix(Limits.statements)))
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
