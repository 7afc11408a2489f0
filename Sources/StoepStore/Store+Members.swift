import StoepMerge
import StoepModel
import StoepSQLite

/// A member as the roster has them.
package struct MemberEntry: Sendable {
    package let id: RecordID
    package let name: String
    package let role: Role
    package let partitions: [String]
    package let devices: [MemberDevice]
}

package struct MemberDevice: Equatable, Sendable {
    package let key: VerifyingKey
    /// It is out, whatever its member may do.
    package let isRevoked: Bool
    package init(key: VerifyingKey, isRevoked: Bool) {
        self.key = key
        self.isRevoked = isRevoked
    }
}

/// What a coordinator looks at. All of these stand inside a transaction of the caller's.
extension Store {
    /// All members, by name.
    package func members() throws -> [MemberEntry] {
        let rows = try db.query(
            "SELECT r.rid, f.name FROM f_member f JOIN record r ON r.id = f.record ORDER BY f.name, r.rid"
        ) { (id: $0.blob(0), name: $0.stringIfPresent(1) ?? "") }
        return try rows.compactMap { row in
            guard let id = RecordID(bytes: row.id) else { throw StoreError.damaged("stoep.db: member") }
            let devices = try self.devices(of: id).map { key in
                MemberDevice(key: key, isRevoked: try judging { $0.device(key)?.isRevoked ?? false })
            }
            return MemberEntry(
                id: id, name: row.name, role: try role(of: id) ?? .revoked, partitions: try grantedPartitions(id),
                devices: devices)
        }
    }

    /// The keys of a member's devices, in order.
    package func devices(of member: RecordID) throws -> [VerifyingKey] {
        try db.query("SELECT key FROM f_device WHERE member = ? ORDER BY key", [.blob(member.bytes)]) { $0.blob(0) }
            .compactMap { VerifyingKey(bytes: $0) }
    }

    package func memberCount() throws -> Int { try rowCount("f_member") }
    package func deviceCount() throws -> Int { try rowCount("f_device") }

    private func rowCount(_ table: StaticString) throws -> Int {
        Int(clamping: try db.first("SELECT count(*) FROM \(table)") { $0.int64(0) } ?? 0)
    }

    /// The areas of the space, by code.
    package func areaNames() throws -> [(code: String, name: String)] {
        try db.query("SELECT code, name FROM f_area WHERE code IS NOT NULL ORDER BY code") {
            (code: $0.string(0), name: $0.stringIfPresent(1) ?? "")
        }
    }
}
