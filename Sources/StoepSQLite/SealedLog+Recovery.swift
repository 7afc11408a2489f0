import CSQLite

/// What a log is worth after a power cut. SQLite reads frame after frame until one does not fit, and forgets the rest:
/// right for what was never committed, but one damaged byte would take every later commit with it.
///
/// A transaction is durable before the next begins. So frames behind a bad one that belong to the run, end a transaction
/// and go on with another were committed after it was whole: it is damaged. Anything else may be what a cut left.
extension SealedLog {
    /// What SQLite is told of a frame, opened into `plain`, while it makes the index of the log anew.
    func settle(_ frame: UInt32, _ code: Int32) -> Int32 {
        guard code == SQLITE_OK || code == Self.unauthentic else { return code }
        guard let log = logHeader() else { return code }
        if code == SQLITE_OK, plain[8..<16].elementsEqual(log.salts) { return code }
        if isFollowed(frame, in: log) { return Self.unauthentic }
        // A tail. Zeros end the log as well as anything does.
        plain.initializeMemory(as: UInt8.self, repeating: 0)
        return SQLITE_OK
    }

    /// Whether a log's header is no header any more, though it was of the run that the first frame belongs to. A new one
    /// that a power cut tore stands before frames of an earlier run, which are all in the database.
    func isDamaged(header: [UInt8]) -> Bool {
        guard header.withUnsafeBytes({ LogHeader($0) }) == nil, openFrame(1, withPage: true) == SQLITE_OK else {
            return false
        }
        let frame = Array(plain)
        // Whatever one bit was turned over: the salts are still those of the frame, or its checksum goes on from the
        // header's.
        if frame[8..<16] == header[16..<24] { return true }
        let own = LogChecksum(first: Self.number(frame, at: 16), second: Self.number(frame, at: 20))
        return [false, true].contains { isBigEndian in
            var chained = LogChecksum(first: Self.number(header, at: 24), second: Self.number(header, at: 28))
            frame.withUnsafeBytes { bytes in
                chained.add(UnsafeRawBufferPointer(rebasing: bytes[..<8]), isBigEndian: isBigEndian)
                chained.add(
                    UnsafeRawBufferPointer(rebasing: bytes[Self.frameHeaderByteCount...]), isBigEndian: isBigEndian)
            }
            return chained == own
        }
    }

    private func logHeader() -> LogHeader? {
        let header = UnsafeMutableRawBufferPointer(rebasing: sealed[..<Self.headerByteCount])
        guard lowerRead(header, at: 0) == SQLITE_OK else { return nil }
        return LogHeader(UnsafeRawBufferPointer(header))
    }

    /// Whether a commit of this run, and a frame that was written after it, stand behind a frame.
    private func isFollowed(_ bad: UInt32, in log: LogHeader) -> Bool {
        guard let size = lowerSize(),
            let last = UInt32(exactly: (size - Int64(Self.headerByteCount)) / Int64(Self.frameByteCount)), last > bad
        else { return false }
        var commit: LogChecksum?
        for frame in (bad + 1)...last {
            guard openFrame(frame, withPage: true) == SQLITE_OK, plain[8..<16].elementsEqual(log.salts) else {
                commit = nil
                continue
            }
            let header = Array(plain[..<Self.frameHeaderByteCount])
            let own = LogChecksum(first: Self.number(header, at: 16), second: Self.number(header, at: 20))
            if var chained = commit {
                chained.add(UnsafeRawBufferPointer(rebasing: plain[..<8]), isBigEndian: log.isBigEndian)
                chained.add(
                    UnsafeRawBufferPointer(rebasing: plain[Self.frameHeaderByteCount...]), isBigEndian: log.isBigEndian)
                if chained == own { return true }
            }
            commit = Self.number(header, at: 4) > 0 ? own : nil
        }
        return false
    }
}

/// The header of a log, if it is one.
struct LogHeader {
    let isBigEndian: Bool
    let salts: [UInt8]

    /// - Parameter bytes: the 32 with which a log begins.
    init?(_ bytes: UnsafeRawBufferPointer) {
        let header = Array(bytes)
        guard header.count == SealedLog.headerByteCount else { return nil }
        let magic = SealedLog.number(header, at: 0)
        guard magic & ~1 == 0x377f_0682 else { return nil }
        isBigEndian = magic & 1 == 1
        salts = Array(header[16..<24])
        var checksum = LogChecksum(first: 0, second: 0)
        checksum.add(UnsafeRawBufferPointer(rebasing: bytes[..<24]), isBigEndian: isBigEndian)
        guard checksum == LogChecksum(first: SealedLog.number(header, at: 24), second: SealedLog.number(header, at: 28))
        else { return nil }
    }
}

/// SQLite's checksum over what was written to a log so far (`WAL-mode file format`).
struct LogChecksum: Equatable {
    var first: UInt32
    var second: UInt32

    /// - Parameter bytes: a multiple of eight.
    mutating func add(_ bytes: UnsafeRawBufferPointer, isBigEndian: Bool) {
        for offset in stride(from: 0, to: bytes.count - 7, by: 8) {
            let one = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
            let two = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self)
            first = first &+ (isBigEndian ? UInt32(bigEndian: one) : UInt32(littleEndian: one)) &+ second
            second = second &+ (isBigEndian ? UInt32(bigEndian: two) : UInt32(littleEndian: two)) &+ first
        }
    }
}
