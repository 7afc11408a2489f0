import StoepModel

/// Who asks which daemon is in force tells nothing but this: `[1, space]`. Whoever knows the space's id may ask
/// (`Protocol/README.md`, Following a replaced daemon).
package struct AuthorityRequest: Equatable, Sendable {
    package var space: SpaceID

    package init(space: SpaceID) {
        self.space = space
    }
}

extension AuthorityRequest: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(2)
        writer.unsigned(1)
        writer.bytes(space)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("authority request", 2...2)
        self.init(space: SpaceID(try reader.bytes32("space")))
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
