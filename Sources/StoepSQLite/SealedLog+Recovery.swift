import CSQLite

/// What a log is worth after a power cut. SQLite reads frame after frame until one does not fit, and forgets the rest:
/// right for what was never committed, but one damaged byte would take every later commit with it.
///
/// A transaction is durable before the next begins. So frames behind a bad one that belong to the run, end a transaction
/// and go on with another were committed after it was whole: it is damaged. Nor does a power cut leave a frame of which
/// one bit is another, unless a sector ends in the few bytes that stand in clear. Anything else may be what a cut left.
extension SealedLog {
    /// What SQLite is told of a frame, opened into `plain`, while it makes the index of the log anew.
    func settle(_ frame: UInt32, _ code: Int32) -> Int32 {
        guard code == SQLITE_OK || code == Self.unauthentic else { return code }
        guard let log = recovered else { return code }
        if code == SQLITE_OK, plain[Self.saltBytes].elementsEqual(log.salts) { return code }
        if isFollowed(frame, in: log) || code != SQLITE_OK && hasFallenBit(frame, in: log) { return Self.unauthentic }
        // A tail. Zeros end the log as well as anything does.
        plain.initializeMemory(as: UInt8.self, repeating: 0)
        return SQLITE_OK
    }

    /// Whether a log's header is no header any more, though it was of the run that the first frame belongs to. A new one
    /// that a power cut tore stands before frames of an earlier run, which are all in the database.
    func isDamaged(header: [UInt8]) -> Bool {
        guard LogHeader(header) == nil, openFrame(1, withPage: true) == SQLITE_OK else { return false }
        // Whatever one bit was turned over: the salts are still those of the frame, or its checksum goes on from the
        // header's.
        if plain[Self.saltBytes].elementsEqual(header[16..<24]) { return true }
        let checksum = LogChecksum(first: Self.number(header, at: 24), second: Self.number(header, at: 28))
        return [false, true].contains { checksum.goesOn(with: UnsafeRawBufferPointer(plain), isBigEndian: $0) }
    }

    /// What a disk writes whole or not at all; others write more.
    private static let sectorByteCount: Int64 = 512

    /// Whether one bit, turned back, makes a frame of this run of it, and no power cut may have left it so.
    private func hasFallenBit(_ frame: UInt32, in log: LogHeader) -> Bool {
        let offset = Self.offset(of: frame)
        guard lowerRead(sealed, at: offset) == SQLITE_OK else { return false }
        let bytes = Array(sealed)
        guard let turned = PageMending.turned(frame: bytes, frame, log, vfs.sealer) else { return false }
        // Where the first sector ends before anything that is sealed, a cut may have left what stood there before: the
        // number of another page, say, that is one bit away.
        let inFirst = Int(Self.sectorByteCount - offset % Self.sectorByteCount)
        return inFirst > Self.sealedHeaderOffset || bytes[..<inFirst] == turned[..<inFirst]
    }

    /// Whether a commit of this run, and a frame that was written after it, stand behind a frame.
    private func isFollowed(_ bad: UInt32, in log: LogHeader) -> Bool {
        guard let size = lowerSize(),
            let last = UInt32(exactly: (size - Int64(Self.headerByteCount)) / Int64(Self.frameByteCount)), last > bad
        else { return false }
        var commit: LogChecksum?
        for frame in (bad + 1)...last {
            guard openFrame(frame, withPage: true) == SQLITE_OK, plain[Self.saltBytes].elementsEqual(log.salts) else {
                commit = nil
                continue
            }
            if commit?.goesOn(with: UnsafeRawBufferPointer(plain), isBigEndian: log.isBigEndian) == true { return true }
            let header = Array(plain[..<Self.frameHeaderByteCount])
            let own = LogChecksum(first: Self.number(header, at: 16), second: Self.number(header, at: 20))
            commit = Self.number(header, at: 4) > 0 ? own : nil
        }
        return false
    }
}

/// The header of a log, if it is one.
struct LogHeader {
    let isBigEndian: Bool
    let salts: [UInt8]
    /// From which the first frame's goes on.
    let checksum: LogChecksum

    /// - Parameter header: the 32 bytes with which a log begins.
    init?(_ header: [UInt8]) {
        guard header.count == SealedLog.headerByteCount else { return nil }
        let magic = SealedLog.number(header, at: 0)
        guard magic & ~1 == 0x377f_0682 else { return nil }
        isBigEndian = magic & 1 == 1
        salts = Array(header[16..<24])
        checksum = LogChecksum(first: SealedLog.number(header, at: 24), second: SealedLog.number(header, at: 28))
        var own = LogChecksum(first: 0, second: 0)
        header.withUnsafeBytes { own.add(UnsafeRawBufferPointer(rebasing: $0[..<24]), isBigEndian: isBigEndian) }
        guard own == checksum else { return nil }
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

    /// Whether a frame, as SQLite sees it, was written behind what this is the checksum of.
    func goesOn(with frame: UnsafeRawBufferPointer, isBigEndian: Bool) -> Bool {
        var chained = self
        chained.add(UnsafeRawBufferPointer(rebasing: frame[..<8]), isBigEndian: isBigEndian)
        chained.add(
            UnsafeRawBufferPointer(rebasing: frame[SealedLog.frameHeaderByteCount...]), isBigEndian: isBigEndian)
        let header = Array(frame[..<SealedLog.frameHeaderByteCount])
        return chained == Self(first: SealedLog.number(header, at: 16), second: SealedLog.number(header, at: 20))
    }
}
