import StoepModel

/// Why a file is not taken for a bundle (`Protocol/README.md`, Bundle).
package enum BundleError: Error, Equatable, Sendable {
    /// Cut off, changed, or something else altogether; what was noticed.
    case damaged(String)
    /// Whole, as far as can be seen, and made by a version that this one does not know.
    case version
    case otherSpace
    /// Nothing in it is sealed to this device.
    case nothingForYou

    package var name: String {
        switch self {
        case .damaged: "bundle-damaged"
        case .version: "bundle-version"
        case .otherSpace: "bundle-of-another-space"
        case .nothingForYou: "bundle-nothing-for-you"
        }
    }
}

/// What a bundle begins with: for whom its pieces are, and how long each is. It names no log and no person.
package struct BundleManifest: Equatable, Sendable {
    package var space: SpaceID
    /// When it was made, by the wall clock of who made it.
    package var time: Timestamp
    /// In the order in which they are to be applied: the roster first.
    package var logs: [SealedLog]

    package init(space: SpaceID, time: Timestamp, logs: [SealedLog]) {
        self.space = space
        self.time = time
        self.logs = logs
    }
}

/// Pieces of one log, under one key, which is sealed to the log's readers.
package struct SealedLog: Equatable, Sendable {
    /// Ascending by hint, then enc.
    package var recipients: [BundleRecipient]
    package var pieces: [BundlePieceEntry]

    package init(recipients: [BundleRecipient], pieces: [BundlePieceEntry]) {
        self.recipients = recipients.sorted()
        self.pieces = pieces
    }

    /// Bytes of its pieces in the file.
    package var bytes: Int { pieces.reduce(0) { $0 + $1.length } }
}

/// The key of a sealed log, sealed to one reader.
package struct BundleRecipient: Hashable, Comparable, Sendable {
    package static let keyBytes = 48
    /// By which a reader finds what is theirs: of their key's hash.
    package let hint: UInt64
    package let enc: Bytes32
    /// 48 bytes: the content key and the tag.
    package let key: [UInt8]

    package init(hint: UInt64, enc: Bytes32, key: [UInt8]) {
        self.hint = hint
        self.enc = enc
        self.key = key
    }

    package static func < (a: Self, b: Self) -> Bool { (a.hint, a.enc) < (b.hint, b.enc) }
}

/// One piece as it stands in the file.
package struct BundlePieceEntry: Hashable, Sendable {
    package static let tagBytes = 16
    /// Bytes, the tag of 16 included.
    package let length: Int
    /// SHA-256 of these bytes.
    package let digest: Bytes32

    package init(length: Int, digest: Bytes32) {
        self.length = length
        self.digest = digest
    }
}

extension BundleManifest: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(4)
        writer.unsigned(1)
        writer.bytes(space)
        writer.unsigned(time.milliseconds)
        writer.array(logs.count)
        for log in logs {
            writer.array(2)
            writer.array(log.recipients.count)
            for recipient in log.recipients {
                writer.array(3)
                writer.check(recipient.hint)
                writer.bytes(recipient.enc)
                writer.bytes(recipient.key)
            }
            writer.array(log.pieces.count)
            for piece in log.pieces {
                writer.array(2)
                writer.unsigned(UInt64(piece.length))
                writer.bytes(piece.digest)
            }
        }
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        _ = try reader.versioned("manifest", 4...4)
        let space = SpaceID(try reader.bytes32("space"))
        let time = try reader.timestamp()
        var logs: [SealedLog] = []
        for _ in 0..<(try reader.array("sealed logs", atMost: Limits.logs)) { logs.append(try reader.sealedLog()) }
        self.init(space: space, time: time, logs: logs)
    }
}

extension CBORReader {
    fileprivate mutating func sealedLog() throws(WireError) -> SealedLog {
        try array("sealed log", exactly: 2)
        var recipients: [BundleRecipient] = []
        let start = offset
        for _ in 0..<(try array("recipients", atMost: Limits.recipients)) {
            let at = offset
            try array("recipient", exactly: 3)
            let hint = try check("hint")
            let enc = try bytes32("enc")
            let recipient = BundleRecipient(
                hint: hint, enc: enc, key: Array(slice(try exactly(BundleRecipient.keyBytes, "sealed key"))))
            if let last = recipients.last, last >= recipient { throw .notAscending("recipients", at: at) }
            recipients.append(recipient)
        }
        guard !recipients.isEmpty else { throw .malformed("recipients", at: start) }
        let piecesStart = offset
        var pieces: [BundlePieceEntry] = []
        for _ in 0..<(try array("pieces", atMost: Limits.pieces)) {
            try array("piece", exactly: 2)
            let at = offset
            let length = try unsigned("length", atMost: UInt64(Limits.messageBytes + BundlePieceEntry.tagBytes))
            guard length >= BundlePieceEntry.tagBytes else { throw .malformed("length", at: at) }
            pieces.append(BundlePieceEntry(length: Int(length), digest: try bytes32("digest")))
        }
        guard !pieces.isEmpty else { throw .malformed("pieces", at: piecesStart) }
        return SealedLog(recipients: recipients, pieces: pieces)
    }
}

/// What a piece holds once it is opened: `[log, [packed segment…]]`.
package struct BundlePiece: Equatable, Sendable {
    package var log: LogID
    package var segments: [PackedSegment]

    package init(log: LogID, segments: [PackedSegment]) {
        self.log = log
        self.segments = segments
    }
}

extension BundlePiece: WireMessage {
    package func write(to writer: inout CBORWriter) {
        writer.array(2)
        writer.log(log)
        writer.segments(segments)
    }

    package init(from reader: inout CBORReader) throws(WireError) {
        try reader.array("piece", exactly: 2)
        let log = try reader.log()
        let start = reader.offset
        let segments = try reader.segments()
        guard !segments.isEmpty else { throw .malformed("segments", at: start) }
        self.init(log: log, segments: segments)
    }
}

/// What stands before the manifest.
package enum BundleHead {
    private static let magic = tagged("stoep/1 bundle")
    package static let bytes = 18

    package static func encoded(manifestBytes: Int) -> [UInt8] {
        var out = magic
        out.append(bigEndian: UInt32(truncatingIfNeeded: manifestBytes))
        return out
    }

    /// The length of the manifest behind.
    package static func manifestBytes(_ head: [UInt8]) throws(BundleError) -> Int {
        guard head.starts(with: magic) else { throw isOfAnotherVersion(head) ? .version : .damaged("beginning") }
        guard head.count == bytes else { throw .damaged("length") }
        let length = head[magic.count...].reduce(0) { $0 << 8 | Int($1) }
        guard length <= Limits.manifestBytes else { throw .damaged("length of the manifest") }
        return length
    }

    /// Whether these are the first bytes of a bundle of any version.
    package static func isBundle(_ head: [UInt8]) -> Bool { head.starts(with: magic) || isOfAnotherVersion(head) }

    /// `stoep/2 bundle`, whatever follows.
    private static func isOfAnotherVersion(_ head: [UInt8]) -> Bool {
        guard head.starts(with: tagged("stoep/")) else { return false }
        let digits = head.dropFirst(6).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return (1...4).contains(digits.count) && !digits.elementsEqual("1".utf8)
            && head.dropFirst(6 + digits.count).starts(with: tagged(" bundle"))
    }
}
