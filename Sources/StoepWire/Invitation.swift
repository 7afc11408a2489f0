import StoepModel

/// Why a line of text is no invitation.
package enum InvitationError: Error, Equatable, Sendable {
    /// Mistyped, cut off, or something else altogether.
    case damaged
    /// Whole, and made by a version that this one does not know.
    case version(UInt64)

    package var name: String {
        switch self {
        case .damaged: "invitation-damaged"
        case .version: "invitation-version"
        }
    }
}

/// What a coordinator hands to somebody who is to join: where the daemon is, what it is known by, and a secret that
/// is good once (`Protocol/README.md`, Invitation). The role and the partitions are what the person is told; what
/// counts is what the daemon keeps with the secret.
package struct Invitation: Equatable, Sendable {
    package var space: SpaceID
    /// Host and port.
    package var address: String
    /// The public key of the daemon's TLS certificate.
    package var daemonKey: VerifyingKey
    package var role: Role
    /// Ascending as bytes.
    package var partitions: [String]
    package var secret: Bytes16

    package init(
        space: SpaceID, address: String, daemonKey: VerifyingKey, role: Role, partitions: [String], secret: Bytes16
    ) {
        self.space = space
        self.address = address
        self.daemonKey = daemonKey
        self.role = role
        self.partitions = Set(partitions).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        self.secret = secret
    }
}

extension Invitation: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(7)
        writer.unsigned(1)
        writer.bytes(space)
        writer.text(address)
        writer.bytes(daemonKey)
        writer.signed(role.rawValue)
        writer.array(partitions.count)
        for partition in partitions { writer.text(partition) }
        writer.bytes(secret)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("invitation", 7...7)
        let space = SpaceID(try reader.bytes32("space"))
        let address = try reader.text("address", atMost: Limits.shortTextBytes)
        let daemonKey = VerifyingKey(try reader.bytes32("daemon key"))
        let role = try reader.role()
        var partitions: [String] = []
        for _ in 0..<(try reader.array("partitions", atMost: Limits.logs)) {
            let at = reader.offset
            let name = try reader.text("partition", atMost: Limits.partitionBytes)
            guard LogID.isPartitionName(name) else { throw .malformed("partition", at: at) }
            if let last = partitions.last, !last.utf8.lexicographicallyPrecedes(name.utf8) {
                throw .notAscending("partitions", at: at)
            }
            partitions.append(name)
        }
        self.init(
            space: space, address: address, daemonKey: daemonKey, role: role, partitions: partitions,
            secret: try reader.bytes16("secret"))
    }
}

extension Invitation {
    private static let line = CheckedLine(prefix: "stoep1.")

    /// One line: `stoep1.` and base64url of the CBOR and the first 4 bytes of its SHA-256.
    package func text(_ cryptography: Cryptography) -> String {
        Self.line.text(of: encoded(), cryptography)
    }

    /// Takes exactly what `text` gives; space around it is the caller's to take off.
    package init(text: String, _ cryptography: Cryptography) throws(InvitationError) {
        guard text.utf8.count <= Limits.valueBytes else { throw .damaged }
        guard Self.line.begins(text) else {
            if let version = Self.otherVersion(text) { throw .version(version) }
            throw .damaged
        }
        guard let body = Self.line.body(of: text, cryptography) else { throw .damaged }
        do throws(WireError) {
            self = try Invitation(decoding: body)
        } catch {
            if case .unknownVersion(let version, _) = error { throw .version(version) }
            throw .damaged
        }
    }

    /// The number in `stoep2.…`: an invitation for somebody newer, whatever follows.
    private static func otherVersion(_ text: String) -> UInt64? {
        guard text.utf8.starts(with: "stoep".utf8), let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else {
            return nil
        }
        let digits = text.utf8[..<dot].dropFirst("stoep".utf8.count)
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        guard let version = UInt64(Substring(digits)), version > 1 else { return nil }
        return version
    }
}
