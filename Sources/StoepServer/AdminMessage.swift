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
    /// `[1, "erase", id]`: the beginning of a record's id
    case erase(String)
    /// `[1, "erasures"]`
    case erasures
    /// `[1, "lift"]`: recovery mode ends
    case liftRecovery
    /// `[1, "retention"]`
    case retention
    /// `[1, "keep", days]`, 0 for ever
    case setRetention(Int?)
    /// `[1, "settings"]`
    case settings
    /// `[1, "set", resident / null, residents / null, days / null]`
    case set(SpaceSettings)
    /// `[1, "areas", [[code, name, longitude, latitude]…]]`
    case importAreas([AreaRow])
    /// `[1, "revoke", who, device]`, the device empty for all of the member's.
    case revoke(who: String, device: String?)
    /// `[1, "role", who, role, [area…]]`
    case changeRole(who: String, Role, areas: [String])
    /// `[1, "own", theme, who, gives]`: gives a theme to a member, or takes it
    case setOwnership(theme: String, who: String, gives: Bool)
    /// `[1, "kept-aside", log]`, here and below the log empty for all.
    case listKeptAside(LogID?)
    /// `[1, "show-kept-aside", actor, log]`
    case showKeptAside(actor: String, LogID?)
    /// `[1, "release", actor, log, seq]`, the number 0 for all that is held.
    case release(actor: String, LogID?, through: UInt64?)
    /// `[1, "refuse", actor, log]`
    case refuse(actor: String, LogID?)
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

package enum AdminResponse: Equatable, Sendable {
    /// `[1, "invited", invitation, partitions, expires]`
    case invited(Invited)
    /// `[1, "members", [[id, name, role, [partition…], [[device, revoked]…], kept aside]…]]`
    case members([ListedMember])
    /// `[1, "status", space, name, actor, [log…], [counts…]]`
    case status(DaemonStatus)
    /// `[1, "imported", new or changed, unchanged]`
    case imported(fresh: Int, unchanged: Int)
    /// `[1, "erased", record]`
    case erased(RecordID)
    /// `[1, "erasures", [erased…], [waiting…], [purge…]]`
    case erasures(ErasureList)
    /// `[1, "lifted"]`
    case recoveryLifted
    /// `[1, "retention", days / null, from / null, due soon]`
    case retention(RetentionReport)
    /// `[1, "settings", resident / null, residents / null, days / null]`
    case settings(SpaceSettings)
    /// `[1, "membership", member, [[log, actor, seq]…], device / null]`
    case membership(MembershipChange)
    /// `[1, "ownership", theme, its name, member, changed]`
    case ownership(OwnershipChange)
    /// `[1, "kept-aside", [entry…], [[reason, count]…]]`
    case keptAside([ListedAside], besides: [CountedReason])
    /// `[1, "kept-aside-changes", [change…], more]`
    case keptAsideChanges([ShownChange], more: Int)
    /// `[1, "decided", [[log, actor, changes]…]]`
    case decided([Decision])
    /// `[1, "bundle-written", [log…], changes, bytes, readers]`
    case bundleWritten(WrittenBundle)
    /// `[1, "bundle-taken", [log…], new changes, [refusal…], logs sealed to others, resumed]`
    case bundleTaken(TakenBundle)
    /// `[1, "bundle-contents", time, bytes, [[log or empty, bytes, recipients, changes, actors]…]]`
    case bundleContents(ListedBundle)
    /// `[1, "objection", name, [argument…]]`
    case objection(Objection)
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
        case .erase(let typed):
            writer.begin("erase", 1)
            writer.text(typed)
        case .erasures: writer.begin("erasures", 0)
        case .liftRecovery: writer.begin("lift", 0)
        case .retention: writer.begin("retention", 0)
        case .setRetention(let days):
            writer.begin("keep", 1)
            writer.unsigned(UInt64(clamping: days ?? 0))
        case .settings: writer.begin("settings", 0)
        case .set(let settings):
            writer.begin("set", 3)
            settings.write(to: &writer)
        case .revoke(let who, let device):
            writer.begin("revoke", 2)
            writer.text(who)
            writer.text(device ?? "")
        case .changeRole(let who, let role, let areas):
            writer.begin("role", 3)
            writer.text(who)
            writer.signed(role.rawValue)
            writer.texts(areas)
        case .setOwnership(let theme, let who, let gives):
            writer.begin("own", 3)
            writer.text(theme)
            writer.text(who)
            writer.bool(gives)
        case .listKeptAside, .showKeptAside, .release, .refuse: writeQuarantine(to: &writer)
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
        case ("erase", 1): self = .erase(try reader.text("id", atMost: Limits.shortTextBytes))
        case ("erasures", 0): self = .erasures
        case ("lift", 0): self = .liftRecovery
        case ("retention", 0): self = .retention
        case ("keep", 1):
            let days = try reader.unsigned("days", atMost: 36_500)
            self = .setRetention(days == 0 ? nil : Int(days))
        case ("settings", 0): self = .settings
        case ("set", 3): self = .set(try SpaceSettings(from: &reader))
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
        case ("revoke", 2):
            self = .revoke(
                who: try reader.text("who", atMost: Limits.shortTextBytes), device: try reader.textIfAny("device"))
        case ("role", 3):
            self = .changeRole(
                who: try reader.text("who", atMost: Limits.shortTextBytes), try reader.knownRole(),
                areas: try reader.texts("areas"))
        case ("own", 3):
            self = .setOwnership(
                theme: try reader.text("theme", atMost: Limits.shortTextBytes),
                who: try reader.text("who", atMost: Limits.shortTextBytes), gives: try reader.bool("gives"))
        default:
            guard let request = try Self(quarantine: kind, count, from: &reader) else {
                throw .malformed("command", at: start)
            }
            self = request
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
            for member in members { member.write(to: &writer) }
        case .membership(let change): change.write(to: &writer)
        case .ownership(let change): change.write(to: &writer)
        case .keptAside, .keptAsideChanges, .decided: writeQuarantine(to: &writer)
        case .status(let status):
            writer.begin("status", 5)
            status.write(to: &writer)
        case .imported(let fresh, let unchanged):
            writer.begin("imported", 2)
            writer.unsigned(UInt64(clamping: fresh))
            writer.unsigned(UInt64(clamping: unchanged))
        case .erased(let record):
            writer.begin("erased", 1)
            writer.bytes(record)
        case .erasures(let list):
            writer.begin("erasures", 4)
            list.write(to: &writer)
        case .recoveryLifted: writer.begin("lifted", 0)
        case .retention(let report):
            writer.begin("retention", 3)
            if let days = report.days { writer.unsigned(UInt64(clamping: days)) } else { writer.null() }
            if let from = report.from { writer.unsigned(from.milliseconds) } else { writer.null() }
            writer.unsigned(UInt64(clamping: report.dueSoon))
        case .settings(let settings):
            writer.begin("settings", 3)
            settings.write(to: &writer)
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
            for _ in 0..<(try reader.array("members", atMost: .max)) { members.append(try ListedMember(from: &reader)) }
            self = .members(members)
        case ("status", 5): self = .status(try DaemonStatus(from: &reader))
        case ("imported", 2): self = .imported(fresh: try reader.count(), unchanged: try reader.count())
        case ("erased", 1): self = .erased(RecordID(try reader.bytes16("record")))
        case ("erasures", 4): self = .erasures(try ErasureList(from: &reader))
        case ("lifted", 0): self = .recoveryLifted
        case ("retention", 3):
            self = .retention(
                RetentionReport(
                    days: reader.null() ? nil : try reader.count(), from: reader.null() ? nil : try reader.time(),
                    dueSoon: try reader.count()))
        case ("settings", 3): self = .settings(try SpaceSettings(from: &reader))
        case ("bundle-written", 4): self = .bundleWritten(try WrittenBundle(from: &reader))
        case ("bundle-taken", 5): self = .bundleTaken(try TakenBundle(from: &reader))
        case ("bundle-contents", 3): self = .bundleContents(try ListedBundle(from: &reader))
        case ("objection", 2):
            let name = try reader.text("objection", atMost: Limits.shortTextBytes)
            self = .objection(
                Objection(Objection.Name(rawValue: name) ?? .daemonFailed, arguments: try reader.texts("arguments")))
        case ("membership", 3): self = .membership(try MembershipChange(from: &reader))
        case ("ownership", 4): self = .ownership(try OwnershipChange(from: &reader))
        default:
            guard let response = try Self(quarantine: kind, count, from: &reader) else {
                throw .malformed("answer", at: start)
            }
            self = response
        }
    }
}
