/// Every bound on what comes from outside, in one place. `Protocol/README.md` (Limits) states the same numbers.
public enum Limits {
    /// Bytes of one message's body, in either direction.
    public static let messageBytes = 16 << 20
    /// Bytes of one segment once inflated.
    public static let segmentBytes = 8 << 20
    /// Bytes of all segments of one message, or of one piece of a bundle, once inflated: what compressed bytes could hold
    /// is a thousand times what they weigh.
    public static let inflatedBytes = 64 << 20
    /// Bytes that a daemon looks at of a device that its roster does not have: of the body, and of its segments once
    /// inflated.
    public static let introductionBytes = segmentBytes
    /// Bytes of one block's payload: a million scalars of any script, and room for the rest.
    public static let payloadBytes = 5 << 20
    /// Bytes of all payloads of one change: with its headers it fits a segment.
    public static let changeBytes = segmentBytes - (64 << 10)
    /// Blocks in one change.
    public static let blocks = 64
    /// Operations in one block.
    public static let operations = 65_536
    /// Entries of a payload's table of references.
    public static let references = 65_536
    /// Scalars in one text field's inserts within a block.
    public static let textScalars = 1 << 20
    /// Bytes of a value that is not text of a text field.
    public static let valueBytes = 64 << 10
    /// Changes in one segment.
    public static let segmentChanges = 4096
    /// Segments in one message.
    public static let segments = 4096
    /// Changes of which one message asks for a body, or brings one.
    public static let wantedChanges = 1024
    /// Logs that one message names.
    public static let logs = 4096
    /// Frontier entries in one message.
    public static let frontierEntries = 65_536
    /// Daemons that one delegation names by their keys.
    public static let daemons = 16
    /// Statements of the root in one answer.
    public static let statements = 64
    /// How deep arrays nest in any message.
    public static let nesting = 16
    /// Bytes of a partition's name.
    public static let partitionBytes = 64
    /// Bytes of a name, an address, or another short text of the protocol.
    public static let shortTextBytes = 1024
    /// Heads of one actor in one log beyond which a replica refuses more.
    public static let branches = 16
    /// An author signs at least so often.
    public static let changesPerHead = 256
    public static let bytesPerHead = 256 << 10
    /// What one answer carries of segments, about, so that a cut costs little.
    public static let pieceBytes = 1 << 20
    /// Bytes of a bundle's manifest.
    public static let manifestBytes = 16 << 20
    /// Readers to whom a sealed log of a bundle is sealed.
    public static let recipients = 65_536
    /// Pieces of a sealed log of a bundle.
    public static let pieces = 4096
    /// Bytes of one row in a backup.
    public static let backupRecordBytes = 32 << 20
    /// Bytes of a file that has the secret of a backup.
    public static let secretBytes = 4096
    /// Bytes of a frontier's line.
    public static let frontierLineBytes = 1 << 20
    /// The highest lamport stamp and sequence number: within what SQLite holds and every language counts.
    public static let counter: UInt64 = 1 << 62
    /// The latest claimed time: the end of the year 9999.
    public static let timestamp: UInt64 = 253_402_300_799_999
    /// Invitations are good for 24 hours by the daemon's clock.
    public static let invitationMilliseconds: UInt64 = 24 * 60 * 60 * 1000
    /// Bytes of what is searched for, and how many words and phrases it has.
    public static let searchBytes = 4096
    public static let searchPhrases = 64
    /// Bytes of a file that is imported as records, and its rows.
    public static let importBytes = 64 << 20
    public static let importRows = 100_000
    /// Buckets of a digest comparison.
    public static let buckets = 256
}
