import StoepModel
import StoepWire

/// What a coordinator asks of a space by hand: to the running daemon through its local socket, as CBOR, or to the store
/// where none runs.
package enum AdminRequest: Equatable, Sendable {
    /// `[1, "invite", name, role, [area…], milliseconds]`
    case invite(InvitationOrder)
    /// `[1, "members"]`
    case members
    /// `[1, "status"]`
    case status
    /// `[1, "areas", [[code, name, longitude, latitude]…]]`
    case importAreas([AreaRow])
    /// `[1, "bundle", deed, path]`
    case bundle(BundleOrder)
}

package struct InvitationOrder: Equatable, Sendable {
    package var name: String
    package var role: Role
    /// Codes of areas, or names of partitions.
    package var areas: [String]
    package var validMilliseconds: UInt64

    package init(
        name: String, role: Role, areas: [String], validMilliseconds: UInt64 = Limits.invitationMilliseconds
    ) {
        self.name = name
        self.role = role
        self.areas = areas
        self.validMilliseconds = validMilliseconds
    }
}

/// An area as it is imported. Degrees are integers of 1e-5.
package struct AreaRow: Equatable, Sendable {
    package var code: String
    package var name: String
    package var longitude: Int64
    package var latitude: Int64

    package init(code: String, name: String, longitude: Int64, latitude: Int64) {
        self.code = code
        self.name = name
        self.longitude = longitude
        self.latitude = latitude
    }

    /// More than the neighbourhoods of the Netherlands.
    package static let limit = 50_000
}

package enum AdminResponse: Equatable, Sendable {
    /// `[1, "invited", invitation, partitions, expires]`
    case invited(Invited)
    /// `[1, "members", [[id, name, role, [partition…], [device…]]…]]`
    case members([ListedMember])
    /// `[1, "status", space, name, actor, [log…], [counts…]]`
    case status(DaemonStatus)
    /// `[1, "imported", new or changed, unchanged]`
    case imported(fresh: Int, unchanged: Int)
    /// `[1, "bundle-written", [log…], changes, bytes, readers]`
    case bundleWritten(WrittenBundle)
    /// `[1, "bundle-taken", [log…], new changes, [refusal…], logs sealed to others]`
    case bundleTaken(TakenBundle)
    /// `[1, "bundle-contents", time, bytes, [[log or empty, bytes, recipients, changes, actors]…]]`
    case bundleContents(ListedBundle)
    /// `[1, "objection", name, [argument…]]`
    case objection(Objection)
}

package struct Invited: Equatable, Sendable {
    /// The line to hand over.
    package let text: String
    package let partitions: [String]
    package let expires: Timestamp
}

/// A member as the coordinator sees them.
package struct ListedMember: Equatable, Sendable {
    package var id: RecordID
    package var name: String
    package var role: Role
    package var partitions: [String]
    package var devices: [VerifyingKey]
}

/// How a daemon's space stands.
package struct DaemonStatus: Equatable, Sendable {
    package struct Log: Equatable, Sendable {
        package let log: LogID
        package let heads: [Head]
        package let stateHash: Bytes32
        package let records: Int
    }

    package let space: SpaceID
    package let name: String
    package let actor: ActorID
    package let logs: [Log]
    package let conflicts: Int
    package let pending: Int
    package let wanted: Int
    package let quarantined: Int
    package let members: Int
    package let devices: Int
}

extension AdminRequest: WireMessage {
    package func write(to writer: inout CBORWriter) {
        switch self {
        case .invite(let order):
            writer.begin("invite", 4)
            writer.text(order.name)
            writer.signed(order.role.rawValue)
            writer.texts(order.areas)
            writer.unsigned(order.validMilliseconds)
        case .members: writer.begin("members", 0)
        case .status: writer.begin("status", 0)
        case .bundle(let order):
            writer.begin("bundle", 2)
            writer.text(order.deed.rawValue)
            writer.text(order.path)
        case .importAreas(let areas):
            writer.begin("areas", 1)
            writer.array(areas.count)
            for area in areas {
                writer.array(4)
                writer.text(area.code)
                writer.text(area.name)
                writer.signed(area.longitude)
                writer.signed(area.latitude)
            }
        }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        let (kind, count, start) = try reader.begin()
        switch (kind, count) {
        case ("invite", 4):
            self = .invite(
                InvitationOrder(
                    name: try reader.text("name", atMost: Limits.shortTextBytes), role: try reader.knownRole(),
                    areas: try reader.texts("areas"),
                    validMilliseconds: try reader.unsigned("validity", atMost: Limits.timestamp)))
        case ("members", 0): self = .members
        case ("status", 0): self = .status
        case ("bundle", 2): self = .bundle(try BundleOrder(from: &reader))
        case ("areas", 1):
            var areas: [AreaRow] = []
            for _ in 0..<(try reader.array("areas", atMost: AreaRow.limit)) {
                try reader.array("area", exactly: 4)
                areas.append(
                    AreaRow(
                        code: try reader.text("code", atMost: Limits.shortTextBytes),
                        name: try reader.text("name", atMost: Limits.shortTextBytes),
                        longitude: try reader.signed("longitude"), latitude: try reader.signed("latitude")))
            }
            self = .importAreas(areas)
        default: throw .malformed("command", at: start)
        }
    }
}

extension AdminResponse: WireMessage {
    package func write(to writer: inout CBORWriter) {
        switch self {
        case .invited(let invited):
            writer.begin("invited", 3)
            writer.text(invited.text)
            writer.texts(invited.partitions)
            writer.unsigned(invited.expires.milliseconds)
        case .members(let members):
            writer.begin("members", 1)
            writer.array(members.count)
            for member in members {
                writer.array(5)
                writer.bytes(member.id)
                writer.text(member.name)
                writer.signed(member.role.rawValue)
                writer.texts(member.partitions)
                writer.array(member.devices.count)
                for device in member.devices { writer.bytes(device) }
            }
        case .status(let status):
            writer.begin("status", 5)
            status.write(to: &writer)
        case .imported(let fresh, let unchanged):
            writer.begin("imported", 2)
            writer.unsigned(UInt64(clamping: fresh))
            writer.unsigned(UInt64(clamping: unchanged))
        case .bundleWritten(let written): written.write(to: &writer)
        case .bundleTaken(let taken): taken.write(to: &writer)
        case .bundleContents(let contents): contents.write(to: &writer)
        case .objection(let objection):
            writer.begin("objection", 2)
            writer.text(objection.name.rawValue)
            writer.texts(objection.arguments)
        }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        let (kind, count, start) = try reader.begin()
        switch (kind, count) {
        case ("invited", 3):
            self = .invited(
                Invited(
                    text: try reader.text("invitation", atMost: Limits.valueBytes),
                    partitions: try reader.texts("partitions"), expires: try reader.time()))
        case ("members", 1):
            var members: [ListedMember] = []
            for _ in 0..<(try reader.array("members", atMost: .max)) { members.append(try reader.member()) }
            self = .members(members)
        case ("status", 5): self = .status(try DaemonStatus(from: &reader))
        case ("imported", 2): self = .imported(fresh: try reader.count(), unchanged: try reader.count())
        case ("bundle-written", 4): self = .bundleWritten(try WrittenBundle(from: &reader))
        case ("bundle-taken", 4): self = .bundleTaken(try TakenBundle(from: &reader))
        case ("bundle-contents", 3): self = .bundleContents(try ListedBundle(from: &reader))
        case ("objection", 2):
            let name = try reader.text("objection", atMost: Limits.shortTextBytes)
            self = .objection(
                Objection(Objection.Name(rawValue: name) ?? .daemonFailed, arguments: try reader.texts("arguments")))
        default: throw .malformed("answer", at: start)
        }
    }
}

extension DaemonStatus {
    fileprivate func write(to writer: inout CBORWriter) {
        writer.bytes(space)
        writer.text(name)
        writer.bytes(actor)
        writer.array(logs.count)
        for log in logs {
            writer.array(4)
            writer.text(log.log.description)
            writer.bytes(log.stateHash)
            writer.unsigned(UInt64(clamping: log.records))
            writer.array(log.heads.count)
            for head in log.heads {
                writer.array(3)
                writer.bytes(head.actor)
                writer.unsigned(head.seq)
                writer.bytes(head.hash)
            }
        }
        writer.array(6)
        for count in [conflicts, pending, wanted, quarantined, members, devices] {
            writer.unsigned(UInt64(clamping: count))
        }
    }

    fileprivate init(from reader: inout CBORReader) throws(WireError) {
        space = SpaceID(try reader.bytes32("space"))
        name = try reader.text("name", atMost: Limits.shortTextBytes)
        actor = ActorID(try reader.bytes16("actor"))
        var logs: [Log] = []
        for _ in 0..<(try reader.array("logs", atMost: .max)) { logs.append(try reader.statusLog()) }
        self.logs = logs
        try reader.array("counts", exactly: 6)
        conflicts = try reader.count()
        pending = try reader.count()
        wanted = try reader.count()
        quarantined = try reader.count()
        members = try reader.count()
        devices = try reader.count()
    }
}

extension CBORWriter {
    /// The head of every administrative message: version and kind, with so many items behind.
    mutating func begin(_ kind: String, _ items: Int) {
        array(2 + items)
        unsigned(1)
        text(kind)
    }

    mutating func texts(_ texts: [String]) {
        array(texts.count)
        for one in texts { text(one) }
    }
}

extension CBORReader {
    fileprivate mutating func begin() throws(WireError) -> (kind: String, items: Int, start: Int) {
        let start = offset
        let count = try array("message", atMost: Limits.nesting)
        let at = offset
        let version = try unsigned("version")
        guard version == 1 else { throw .unknownVersion(version, at: at) }
        let kind = try text("kind", atMost: Limits.shortTextBytes)
        return (kind, count - 2, start)
    }

    mutating func texts(_ what: String) throws(WireError) -> [String] {
        var out: [String] = []
        for _ in 0..<(try array(what, atMost: Limits.logs)) {
            out.append(try text(what, atMost: Limits.shortTextBytes))
        }
        return out
    }

    mutating func count() throws(WireError) -> Int {
        Int(truncatingIfNeeded: try unsigned("count", atMost: Limits.counter))
    }

    mutating func time() throws(WireError) -> Timestamp {
        Timestamp(milliseconds: try unsigned("time", atMost: Limits.timestamp))
    }

    fileprivate mutating func knownRole() throws(WireError) -> Role {
        let start = offset
        guard let role = Role(rawValue: try signed("role")) else { throw .malformed("role", at: start) }
        return role
    }

    fileprivate mutating func member() throws(WireError) -> ListedMember {
        try array("member", exactly: 5)
        var member = ListedMember(
            id: RecordID(try bytes16("member")), name: try text("name", atMost: Limits.valueBytes),
            role: try knownRole(), partitions: try texts("partitions"), devices: [])
        for _ in 0..<(try array("devices", atMost: .max)) {
            member.devices.append(VerifyingKey(try bytes32("device")))
        }
        return member
    }

    fileprivate mutating func statusLog() throws(WireError) -> DaemonStatus.Log {
        let start = offset
        try array("log", exactly: 4)
        guard let log = LogID(parsing: try text("log", atMost: Limits.shortTextBytes)) else {
            throw .malformed("log", at: start)
        }
        let stateHash = try bytes32("state hash")
        let records = try count()
        var heads: [Head] = []
        for _ in 0..<(try array("heads", atMost: .max)) {
            try array("head", exactly: 3)
            heads.append(
                Head(
                    log: log, actor: ActorID(try bytes16("actor")), seq: try unsigned("seq"),
                    hash: ChangeHash(try bytes32("hash"))))
        }
        return DaemonStatus.Log(log: log, heads: heads, stateHash: stateHash, records: records)
    }
}
