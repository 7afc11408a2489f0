import CSQLite
import Glibc

/// The write-ahead log. Its own header and the numbers in the frames' stay in clear; the pages are sealed, and so are the
/// salts and checksums of the frames, which are of pages as SQLite sees them.
///
/// SQLite writes a frame's header first and its page next: the header is held back, as it says what the page is. Frames
/// are held back too, until somebody reads the log or wants it durable.
final class SealedLog: SealedFile {
    static let headerByteCount = 32
    static let frameHeaderByteCount = 24
    static let frameByteCount = frameHeaderByteCount + PageSealer.pageByteCount
    /// Where, in a frame's header, stand salts and checksums.
    static let sealedHeaderOffset = 8
    /// The salts in a frame's header, once it is opened.
    static let saltBytes = 8..<16

    private var heldBack: (frame: UInt32, header: [UInt8])?
    /// The header of the log whose index is being made anew: SQLite reads it before the frames.
    private(set) var recovered: LogHeader?

    // MARK: Reading

    override func read(into target: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        let code = flush()
        guard code == SQLITE_OK else { return code }
        guard offset >= Int64(Self.headerByteCount) else { return readHeader(target, at: offset) }
        var done = 0
        while done < target.count {
            let position = offset + Int64(done) - Int64(Self.headerByteCount)
            let within = Int(position % Int64(Self.frameByteCount))
            let count = min(Self.frameByteCount - within, target.count - done)
            guard let frame = UInt32(exactly: position / Int64(Self.frameByteCount) + 1) else { return stoepIOErrorRead }
            var code = openFrame(frame, withPage: within + count > Self.frameHeaderByteCount)
            if vfs.isRecovering, count == Self.frameByteCount { code = settle(frame, code) }
            guard code == SQLITE_OK else {
                UnsafeMutableRawBufferPointer(rebasing: target[done...]).initializeMemory(as: UInt8.self, repeating: 0)
                return code
            }
            UnsafeMutableRawBufferPointer(rebasing: target[done..<(done + count)])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: plain[within..<(within + count)]))
            done += count
        }
        return SQLITE_OK
    }

    private func readHeader(_ target: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int32 {
        let code = lowerRead(target, at: offset)
        guard code == SQLITE_OK, vfs.isRecovering, offset == 0, target.count == Self.headerByteCount else { return code }
        recovered = LogHeader(Array(target))
        // SQLite would take the whole log for empty.
        return isDamaged(header: Array(target)) ? Self.unauthentic : code
    }

    /// Opens a frame into `plain`: its header, and its page where that is asked for.
    func openFrame(_ frame: UInt32, withPage: Bool) -> Int32 {
        let count = withPage ? Self.frameByteCount : Self.frameHeaderByteCount
        let code = lowerRead(UnsafeMutableRawBufferPointer(rebasing: sealed[..<count]), at: Self.offset(of: frame))
        guard code == SQLITE_OK, let source = sealed.baseAddress, let target = plain.baseAddress else { return code }
        target.copyMemory(from: source, byteCount: Self.frameHeaderByteCount)
        vfs.sealer.openFrameHeader(target + Self.sealedHeaderOffset)
        guard withPage else { return SQLITE_OK }
        guard let place = place(of: frame, header: Array(plain[..<Self.frameHeaderByteCount])) else {
            return stoepIOErrorRead
        }
        let page = UnsafeRawBufferPointer(rebasing: sealed[Self.frameHeaderByteCount...])
        return vfs.sealer.open(page, at: place, into: target + Self.frameHeaderByteCount) ? SQLITE_OK : Self.unauthentic
    }

    /// Where a frame's page belongs. What SQLite writes again within a transaction has no salts until the commit: they
    /// are the log's. Nil where that cannot be read.
    private func place(of frame: UInt32, header: [UInt8]) -> PageSealer.Place? {
        var salts = Array(header[Self.saltBytes])
        if header[8...].allSatisfy({ $0 == 0 }) {
            var log = [UInt8](repeating: 0, count: 8)
            guard log.withUnsafeMutableBytes({ lowerRead($0, at: 16) }) == SQLITE_OK else { return nil }
            salts = log
        }
        return .log(
            page: Self.number(header, at: 0), frame: frame, commit: Self.number(header, at: 4), salts: salts)
    }

    // MARK: Writing

    override func write(_ source: UnsafeRawBufferPointer, at offset: Int64) -> Int32 {
        if offset == 0, source.count == Self.headerByteCount {
            let code = flush()
            return code == SQLITE_OK ? lowerWrite(source, at: 0) : code
        }
        let position = offset - Int64(Self.headerByteCount)
        guard position >= 0, let frame = UInt32(exactly: position / Int64(Self.frameByteCount) + 1) else {
            return stoepIOErrorWrite
        }
        switch (Int(position % Int64(Self.frameByteCount)), source.count) {
        case (0, Self.frameHeaderByteCount):
            let code = flushHeader()
            if code == SQLITE_OK { heldBack = (frame, Array(source)) }
            return code
        case (Self.frameHeaderByteCount, PageSealer.pageByteCount): return writePage(source, of: frame)
        default: return stoepIOErrorWrite
        }
    }

    private func writePage(_ page: UnsafeRawBufferPointer, of frame: UInt32) -> Int32 {
        if let held = heldBack, held.frame == frame {
            heldBack = nil
            guard let place = place(of: frame, header: held.header) else { return stoepIOErrorWrite }
            return holdBack(Self.frameByteCount, at: Self.offset(of: frame)) { target in
                target.copyMemory(from: held.header, byteCount: Self.frameHeaderByteCount)
                vfs.sealer.sealFrameHeader(target + Self.sealedHeaderOffset)
                return vfs.sealer.seal(page, at: place, into: target + Self.frameHeaderByteCount)
            }
        }
        // The page again, under the header that it has.
        let code = flush()
        guard code == SQLITE_OK else { return code }
        guard openFrame(frame, withPage: false) == SQLITE_OK else { return stoepIOErrorWrite }
        guard let place = place(of: frame, header: Array(plain[..<Self.frameHeaderByteCount])),
            let target = sealed.baseAddress, vfs.sealer.seal(page, at: place, into: target)
        else { return stoepIOErrorWrite }
        let offset = Self.offset(of: frame) + Int64(Self.frameHeaderByteCount)
        return lowerWrite(UnsafeRawBufferPointer(rebasing: sealed[..<PageSealer.pageByteCount]), at: offset)
    }

    override func flush() -> Int32 {
        let code = super.flush()
        return code == SQLITE_OK ? flushHeader() : code
    }

    /// A header whose page is not to come: its checksums were made anew.
    private func flushHeader() -> Int32 {
        guard let held = heldBack else { return SQLITE_OK }
        let code = super.flush()
        guard code == SQLITE_OK else { return code }
        heldBack = nil
        var header = held.header
        return header.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { vfs.sealer.sealFrameHeader(base + Self.sealedHeaderOffset) }
            return lowerWrite(UnsafeRawBufferPointer(bytes), at: Self.offset(of: held.frame))
        }
    }

    /// What is held back is not wanted any more.
    override func willTruncate() -> Int32 {
        heldBack = nil
        dropRun()
        return SQLITE_OK
    }

    static func offset(of frame: UInt32) -> Int64 {
        Int64(headerByteCount) + Int64(frame - 1) * Int64(frameByteCount)
    }

    /// Four bytes of a header, the first the greatest.
    static func number(_ bytes: [UInt8], at offset: Int) -> UInt32 {
        bytes[offset..<(offset + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
