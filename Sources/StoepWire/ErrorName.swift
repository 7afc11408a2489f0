/// The names under which a request is refused (`Protocol/README.md`, HTTP).
package enum ErrorName {
    package static let invitationUnknown = "invitation-unknown"
    package static let invitationUsed = "invitation-used"
    package static let invitationExpired = "invitation-expired"
    package static let spaceUnknown = "space-unknown"
    package static let deviceUnknown = "device-unknown"
    package static let deviceRevoked = "device-revoked"
    /// A device that has a member already tried another invitation.
    package static let deviceKnown = "device-known"
    package static let logNotReadable = "log-not-readable"
    package static let requestMalformed = "request-malformed"
    package static let unknownVersion = "unknown-version"
    package static let tooLarge = "too-large"
    package static let rateLimited = "rate-limited"
    package static let notFound = "not-found"
    package static let stopping = "stopping"
    package static let `internal` = "internal"
}

extension ErrorMessage {
    /// The HTTP status that it is answered with.
    package var status: Int {
        switch name {
        case ErrorName.invitationUnknown, ErrorName.deviceUnknown, ErrorName.deviceRevoked, ErrorName.logNotReadable:
            403
        case ErrorName.spaceUnknown, ErrorName.notFound: 404
        case ErrorName.invitationUsed, ErrorName.deviceKnown: 409
        case ErrorName.invitationExpired: 410
        case ErrorName.tooLarge: 413
        case ErrorName.rateLimited: 429
        case ErrorName.stopping: 503
        case ErrorName.internal: 500
        default: 400
        }
    }

    /// What a body that is no request is refused with.
    package init(refusing error: WireError) {
        let name =
            switch error {
            case .tooLarge: ErrorName.tooLarge
            case .unknownVersion: ErrorName.unknownVersion
            default: ErrorName.requestMalformed
            }
        self.init(name: name)
    }
}
