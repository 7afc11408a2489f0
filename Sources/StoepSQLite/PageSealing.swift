/// What the pages of one database are sealed with: the id that its file has for ever, and 32 secret bytes that are used
/// for no other.
package struct PageKey: Equatable, Sendable {
    package static let idByteCount = 16
    package static let keyByteCount = 32

    package let fileID: [UInt8]
    package let key: [UInt8]

    /// Nil where either has another length.
    package init?(fileID: [UInt8], key: [UInt8]) {
        guard fileID.count == Self.idByteCount, key.count == Self.keyByteCount else { return nil }
        self.fileID = fileID
        self.key = key
    }
}

/// Has a connection seal whatever it writes (`Protocol/store-pages.md`).
package struct PageSealing {
    /// The keys that a database may have: the file says by its id which is its own. A new one gets the first.
    package var keys: [PageKey]
    /// Unpredictable bytes, for nonces.
    package var random: (_ count: Int) -> [UInt8]

    package init(keys: [PageKey], random: @escaping (_ count: Int) -> [UInt8]) {
        precondition(!keys.isEmpty, "no key to seal with")
        self.keys = keys
        self.random = random
    }
}
