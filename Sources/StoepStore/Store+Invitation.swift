import StoepModel
import StoepSQLite

/// An invitation as a daemon keeps it. It is found by the hash of its secret; the secret itself is kept nowhere.
package struct StoredInvitation {
    /// Empty once it was used: from then on the name stands in the roster, where it can be erased.
    package var name: String
    package var role: Role
    package var partitions: [String]
    package var expires: Timestamp
    /// The device that used it, and the member that this made.
    package var used: (device: VerifyingKey, member: RecordID)?

    package init(name: String, role: Role, partitions: [String], expires: Timestamp) {
        self.name = name
        self.role = role
        self.partitions = partitions
        self.expires = expires
    }
}

/// A daemon's invitations. All of these stand inside a transaction of the caller's.
extension Store {
    private func invitationKey(_ secret: Bytes16) -> SQLValue {
        .blob(environment.cryptography.sha256(Array("stoep/1 invitation".utf8) + secret.bytes).bytes)
    }

    package func keep(_ invitation: StoredInvitation, secret: Bytes16) throws {
        try db.run(
            "INSERT INTO invitation(secret, name, role, partitions, expires) VALUES(?, ?, ?, ?, ?)",
            [
                invitationKey(secret), .text(invitation.name), .integer(invitation.role.rawValue),
                .text(invitation.partitions.joined(separator: " ")),
                .integer(Int64(clamping: invitation.expires.milliseconds)),
            ])
    }

    package func invitation(_ secret: Bytes16) throws -> StoredInvitation? {
        try db.first(
            "SELECT name, role, partitions, expires, device, member FROM invitation WHERE secret = ?",
            [invitationKey(secret)]
        ) { row in
            guard let role = Role(rawValue: row.int64(1)) else { throw StoreError.damaged("stoep.db: invitation") }
            var invitation = StoredInvitation(
                name: row.string(0), role: role, partitions: row.string(2).split(separator: " ").map(String.init),
                expires: Timestamp(milliseconds: UInt64(clamping: row.int64(3))))
            if let device = row.blobIfPresent(4).flatMap({ VerifyingKey(bytes: $0) }),
                let member = row.blobIfPresent(5).flatMap({ RecordID(bytes: $0) })
            {
                invitation.used = (device, member)
            }
            return invitation
        }
    }

    /// From now on it is good for nobody else.
    package func markUsed(_ secret: Bytes16, by device: VerifyingKey, as member: RecordID) throws {
        try db.run(
            "UPDATE invitation SET name = '', device = ?, member = ?, used = ? WHERE secret = ?",
            [
                .blob(device.bytes), .blob(member.bytes), .integer(Int64(clamping: environment.now().milliseconds)),
                invitationKey(secret),
            ])
    }

    /// Whether an invitation that is kept here let a device in.
    package func hasEnrolled(_ device: VerifyingKey) throws -> Bool {
        try db.first("SELECT 1 FROM invitation WHERE device = ? LIMIT 1", [.blob(device.bytes)]) { _ in true } ?? false
    }

    /// Drops what expired so long ago that nobody asks for it any more.
    package func forgetInvitations(expiredBefore time: Timestamp) throws {
        try db.run(
            "DELETE FROM invitation WHERE expires < ?", [.integer(Int64(clamping: time.milliseconds))])
    }
}
