import StoepModel

/// A device asks to be let in: `[1, space, secret, sealing key]`. Its Ed25519 key is that of the TLS certificate
/// which it presents (`Protocol/README.md`, Enrolment).
package struct EnrolRequest: Equatable, Sendable {
    package var space: SpaceID
    package var secret: Bytes16
    package var sealingKey: SealingKey

    package init(space: SpaceID, secret: Bytes16, sealingKey: SealingKey) {
        self.space = space
        self.secret = secret
        self.sealingKey = sealingKey
    }
}

extension EnrolRequest: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(4)
        writer.unsigned(1)
        writer.bytes(space)
        writer.bytes(secret)
        writer.bytes(sealingKey)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("enrol request", 4...4)
        self.init(
            space: SpaceID(try reader.bytes32("space")), secret: try reader.bytes16("secret"),
            sealingKey: SealingKey(try reader.bytes32("sealing key")))
    }
}

/// Who the device's member is, and what says so: `[1, member, role, name, roster]`. Everything else comes with the first
/// sync.
package struct EnrolResponse: Equatable, Sendable {
    package var member: RecordID
    package var role: Role
    package var name: String
    /// What the authority wrote in the roster, as much of it as one message carries: should the daemon forget whom it let
    /// in, this device can introduce itself.
    package var roster: [PackedSegment]

    package init(member: RecordID, role: Role, name: String, roster: [PackedSegment]) {
        self.member = member
        self.role = role
        self.name = name
        self.roster = roster
    }
}

extension EnrolResponse: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(5)
        writer.unsigned(1)
        writer.bytes(member.raw)
        writer.signed(role.rawValue)
        writer.text(name)
        writer.segments(roster)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("enrol response", 5...5)
        self.init(
            member: RecordID(try reader.bytes16("member")), role: try reader.role(),
            name: try reader.text("name", atMost: Limits.shortTextBytes), roster: try reader.segments())
    }
}

/// What a refused request is answered with: `[1, name, detail]`. The detail is a log's name or empty.
package struct ErrorMessage: Error, Equatable, Sendable {
    package var name: String
    package var detail: String

    package init(name: String, detail: String = "") {
        self.name = name
        self.detail = detail
    }
}

extension ErrorMessage: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(3)
        writer.unsigned(1)
        writer.text(name)
        writer.text(detail)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("error", 3...3)
        self.init(
            name: try reader.text("name", atMost: Limits.shortTextBytes),
            detail: try reader.text("detail", atMost: Limits.shortTextBytes))
    }
}

extension CBORReader {
    mutating func role() throws(WireError) -> Role {
        let start = offset
        guard let role = Role(rawValue: try signed("role")) else { throw .malformed("role", at: start) }
        return role
    }
}
