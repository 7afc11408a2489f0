/// The write-ahead log. What holds the changes of a laptop that rests is a few frames, and nothing stands behind them: only
/// that one bit makes a frame whole again tells what a disk did to it from what a power cut left.
extension PageMending {
    /// - Returns: how many frames were mended, the log's own header counted as one.
    static func mendLog(_ path: String, on disk: any Disk, _ sealer: PageSealer) throws(FileError) -> Int {
        guard disk.exists(path) else { return 0 }
        let size = SealedLog.frameByteCount
        var header = try disk.read(path, from: 0, count: SealedLog.headerByteCount)
        var mended: [(offset: Int, bytes: [UInt8])] = []
        if LogHeader(header) == nil {
            let first = try disk.read(path, from: SealedLog.headerByteCount, count: size)
            guard first.count == size, let turned = turned(header: header, before: first, sealer) else { return 0 }
            header = turned
            mended.append((0, turned))
        }
        guard let log = LogHeader(header) else { return 0 }
        var (start, tried) = (SealedLog.headerByteCount, 0)
        while tried < triedPages {
            let bytes = try disk.read(path, from: start, count: pagesAtOnce * size)
            for index in 0..<bytes.count / size where tried < triedPages {
                let offset = start + index * size
                let frame = Array(bytes[index * size..<(index + 1) * size])
                guard let number = UInt32(exactly: (offset - SealedLog.headerByteCount) / size + 1) else { break }
                let isOfTheRun = salts(of: frame, sealer) == log.salts
                if isOfTheRun, opens(frame: frame, number, log, sealer) { continue }
                // Those of an earlier run are many, and nobody reads them.
                if isOfTheRun { tried += 1 }
                if let turned = turned(frame: frame, number, log, sealer) { mended.append((offset, turned)) }
            }
            guard bytes.count == pagesAtOnce * size else { break }
            start += bytes.count
        }
        if !mended.isEmpty { try disk.overwrite(path, with: mended) }
        return mended.count
    }

    /// A frame of this run of the log with the bit turned back that fell over; nil where it is not one bit, or of no such
    /// frame.
    static func turned(frame: [UInt8], _ number: UInt32, _ log: LogHeader, _ sealer: PageSealer) -> [UInt8]? {
        guard salts(of: frame, sealer) == log.salts else {
            // One bit of the sealed part makes all of it another: with that one alone the run's salts stand there again.
            return turning(frame, in: SealedLog.sealedHeaderOffset..<SealedLog.frameHeaderByteCount) {
                salts(of: $0, sealer) == log.salts && opens(frame: $0, number, log, sealer)
            }
        }
        let inClear = turning(frame, in: 0..<SealedLog.sealedHeaderOffset) { opens(frame: $0, number, log, sealer) }
        if let inClear { return inClear }
        let page = Array(frame[SealedLog.frameHeaderByteCount...])
        return sealer.mended(page, at: place(of: frame, number, log)).map {
            frame.prefix(SealedLog.frameHeaderByteCount) + $0
        }
    }

    /// The log's header with the bit turned back that fell over, by what the first frame says of it.
    private static func turned(header: [UInt8], before first: [UInt8], _ sealer: PageSealer) -> [UInt8]? {
        let head = openedHeader(first, sealer)
        let place = PageSealer.Place.log(
            page: SealedLog.number(head, at: 0), frame: 1, commit: SealedLog.number(head, at: 4),
            salts: Array(head[SealedLog.saltBytes]))
        let page = Array(first[SealedLog.frameHeaderByteCount...])
        guard let plain = opened(page, at: place, sealer).map({ head + $0 }) else { return nil }
        return turning(header, in: header.indices) { tried in
            guard let log = LogHeader(tried), log.salts == Array(head[SealedLog.saltBytes]) else { return false }
            return plain.withUnsafeBytes { log.checksum.goesOn(with: $0, isBigEndian: log.isBigEndian) }
        }
    }

    private static func opens(frame: [UInt8], _ number: UInt32, _ log: LogHeader, _ sealer: PageSealer) -> Bool {
        opens(Array(frame[SealedLog.frameHeaderByteCount...]), at: place(of: frame, number, log), sealer)
    }

    private static func place(of frame: [UInt8], _ number: UInt32, _ log: LogHeader) -> PageSealer.Place {
        .log(
            page: SealedLog.number(frame, at: 0), frame: number, commit: SealedLog.number(frame, at: 4),
            salts: log.salts)
    }

    private static func salts(of frame: [UInt8], _ sealer: PageSealer) -> [UInt8] {
        Array(openedHeader(frame, sealer)[SealedLog.saltBytes])
    }

    private static func openedHeader(_ frame: [UInt8], _ sealer: PageSealer) -> [UInt8] {
        var header = Array(frame[..<SealedLog.frameHeaderByteCount])
        header.withUnsafeMutableBytes { bytes in
            if let base = bytes.baseAddress { sealer.openFrameHeader(base + SealedLog.sealedHeaderOffset) }
        }
        return header
    }

    /// Turns each bit of a part of the bytes over in turn, until they fit.
    private static func turning(
        _ bytes: [UInt8], in part: Range<Int>, until fits: ([UInt8]) -> Bool
    ) -> [UInt8]? {
        var tried = bytes
        for index in part {
            for bit in UInt8(0)..<8 {
                tried[index] ^= 1 << bit
                if fits(tried) { return tried }
                tried[index] ^= 1 << bit
            }
        }
        return nil
    }
}
