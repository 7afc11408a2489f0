import StoepModel

/// Who asks which daemon is in force tells nothing but this: `[1, space, invitation / null]`. A device that is not
/// enrolled yet shows that it was invited, by a hash (`Protocol/README.md`, Following a replaced daemon).
package struct AuthorityRequest: Equatable, Sendable {
    package var space: SpaceID
    /// The hash of the secret: whoever answers in the daemon's place learns nothing that lets anybody in.
    package var invitation: Bytes32?

    package init(space: SpaceID, invitation: Bytes32? = nil) {
        self.space = space
        self.invitation = invitation
    }

    /// What stands for an invitation's secret.
    package static func hash(of secret: Bytes16, _ cryptography: Cryptography) -> Bytes32 {
        cryptography.sha256(Array("stoep/1 invitation".utf8) + secret.bytes)
    }
}

extension AuthorityRequest: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(space)
        if let invitation { writer.bytes(invitation) } else { writer.null() }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("authority request", 3...3)
        self.init(
            space: SpaceID(try reader.bytes32("space")),
            invitation: reader.null() ? nil : try reader.bytes32("invitation"))
    }
}

/// The root's statements that a daemon holds, each proving itself: `[1, [statement…]]`, the newest last.
package struct AuthorityResponse: Equatable, Sendable {
    package var statements: [[UInt8]]

    package init(statements: [[UInt8]]) {
        self.statements = statements
    }
}

extension AuthorityResponse: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(2)
        writer.unsigned(1)
        writer.array(statements.count)
        for statement in statements { writer.bytes(statement) }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("authority response", 2...2)
        let start = reader.offset
        var statements: [[UInt8]] = []
        for _ in 0..<(try reader.array("statements", atMost: Limits.statements)) {
            statements.append(try reader.bytes("statement", atMost: Limits.valueBytes))
        }
        guard !statements.isEmpty else { throw .malformed("statements", at: start) }
        self.init(statements: statements)
    }
}
