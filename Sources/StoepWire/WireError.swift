/// Why bytes from outside were refused. `name` is what `Protocol/README.md` (Errors) calls it; `offset` is the byte,
/// from the start of what was being decoded, at which it was noticed.
package enum WireError: Error, Equatable, Sendable {
    /// The bytes end before the item does.
    case truncated(at: Int)
    /// A longer head than needed, or an indefinite length (RFC 8949 §4.2.1).
    case notDeterministic(at: Int)
    /// Well-formed CBOR that this profile has no use for: a float, a tag, a map, an unassigned simple value.
    case notInProfile(String, at: Int)
    case wrongType(expected: String, at: Int)
    /// Larger than `Limits` allows, or than its type holds.
    case tooLarge(String, at: Int)
    case tooDeep(at: Int)
    case trailingBytes(at: Int)
    /// A text that is not valid UTF-8.
    case notText(at: Int)
    /// Entries that must stand in strictly ascending order do not.
    case notAscending(String, at: Int)
    case unknownVersion(UInt64, at: Int)
    /// A compressed piece holds more than it declares: a bomb.
    case inflatesBeyondDeclared(at: Int)
    /// Anything else that the named thing must be and is not.
    case malformed(String, at: Int)

    /// The name that travels and that a vector expects.
    package var name: String {
        switch self {
        case .truncated: "truncated"
        case .notDeterministic: "not-deterministic"
        case .notInProfile: "not-in-profile"
        case .wrongType: "wrong-type"
        case .tooLarge: "too-large"
        case .tooDeep: "too-deep"
        case .trailingBytes: "trailing-bytes"
        case .notText: "not-text"
        case .notAscending: "not-ascending"
        case .unknownVersion: "unknown-version"
        case .inflatesBeyondDeclared: "inflates-beyond-declared"
        case .malformed: "malformed"
        }
    }

    package var offset: Int {
        switch self {
        case .truncated(let at), .notDeterministic(let at), .notInProfile(_, let at), .wrongType(_, let at),
            .tooLarge(_, let at), .tooDeep(let at), .trailingBytes(let at), .notText(let at),
            .notAscending(_, let at), .unknownVersion(_, let at), .inflatesBeyondDeclared(let at),
            .malformed(_, let at):
            at
        }
    }
}

extension WireError: CustomStringConvertible {
    package var description: String {
        let detail =
            switch self {
            case .notInProfile(let what, _), .tooLarge(let what, _), .notAscending(let what, _),
                .malformed(let what, _):
                " (\(what))"
            case .wrongType(let expected, _): " (expected \(expected))"
            case .unknownVersion(let version, _): " (\(version))"
            default: ""
            }
        return "\(name)\(detail) at byte \(offset)"
    }
}
