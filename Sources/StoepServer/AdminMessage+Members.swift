import StoepModel
import StoepWire

package struct Invited: Equatable, Sendable {
    /// The line to hand over.
    package let text: String
    package let partitions: [String]
    package let expires: Timestamp
}

/// A member as the coordinator sees them.
package struct ListedMember: Equatable, Sendable {
    package struct Device: Equatable, Sendable {
        package let key: VerifyingKey
        /// It is out, whatever its member may do.
        package let isRevoked: Bool
    }

    package var id: RecordID
    package var name: String
    package var role: Role
    package var partitions: [String]
    package var devices: [Device]
    /// Changes of theirs that do not count and that nobody refused.
    package var keptAside = 0
}

/// What came of a revocation or a change of role: the member as they are now, and where their chains were cut.
package struct MembershipChange: Equatable, Sendable {
    package struct WrittenCut: Equatable, Sendable {
        package let log: LogID
        package let actor: ActorID
        /// The highest number that counts; 0 where nothing does.
        package let seq: UInt64
    }

    package let member: ListedMember
    package let cuts: [WrittenCut]
    /// The one laptop that it was about; nil for the member.
    package let device: VerifyingKey?
}

/// What came of giving a theme to a member, or taking it.
package struct OwnershipChange: Equatable, Sendable {
    package let theme: RecordID
    package let themeName: String
    package let member: ListedMember
    /// False where it was so already.
    package let isNew: Bool
}

extension OwnershipChange {
    func write(to writer: inout CBORWriter) {
        writer.begin("ownership", 4)
        writer.bytes(theme)
        writer.text(themeName)
        member.write(to: &writer)
        writer.bool(isNew)
    }

    init(from reader: inout CBORReader) throws(WireError) {
        theme = RecordID(try reader.bytes16("theme"))
        themeName = try reader.text("theme name", atMost: Limits.valueBytes)
        member = try ListedMember(from: &reader)
        isNew = try reader.bool("new")
    }
}

extension ListedMember {
    func write(to writer: inout CBORWriter) {
        writer.array(6)
        writer.bytes(id)
        writer.text(name)
        writer.signed(role.rawValue)
        writer.texts(partitions)
        writer.array(devices.count)
        for device in devices {
            writer.array(2)
            writer.bytes(device.key)
            writer.bool(device.isRevoked)
        }
        writer.unsigned(UInt64(clamping: keptAside))
    }

    init(from reader: inout CBORReader) throws(WireError) {
        try reader.array("member", exactly: 6)
        id = RecordID(try reader.bytes16("member"))
        name = try reader.text("name", atMost: Limits.valueBytes)
        role = try reader.knownRole()
        partitions = try reader.texts("partitions")
        devices = []
        for _ in 0..<(try reader.array("devices", atMost: .max)) {
            try reader.array("device", exactly: 2)
            devices.append(
                Device(
                    key: VerifyingKey(try reader.bytes32("device")), isRevoked: try reader.bool("revoked")))
        }
        keptAside = try reader.count()
    }
}

extension MembershipChange {
    func write(to writer: inout CBORWriter) {
        writer.begin("membership", 3)
        member.write(to: &writer)
        writer.array(cuts.count)
        for cut in cuts {
            writer.array(3)
            writer.text(cut.log.description)
            writer.bytes(cut.actor)
            writer.unsigned(cut.seq)
        }
        if let device { writer.bytes(device) } else { writer.null() }
    }

    init(from reader: inout CBORReader) throws(WireError) {
        member = try ListedMember(from: &reader)
        var cuts: [WrittenCut] = []
        for _ in 0..<(try reader.array("cuts", atMost: .max)) {
            try reader.array("cut", exactly: 3)
            cuts.append(
                WrittenCut(
                    log: try reader.logNamed(), actor: ActorID(try reader.bytes16("actor")),
                    seq: try reader.unsigned("seq", atMost: Limits.counter)))
        }
        self.cuts = cuts
        device = reader.null() ? nil : VerifyingKey(try reader.bytes32("device"))
    }
}
