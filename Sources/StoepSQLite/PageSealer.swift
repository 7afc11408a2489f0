import Glibc
import StoepCrypto

/// Seals and opens single pages, and the headers of frames; knows of no files.
///
/// A sealed page is as long as a page: ciphertext, then in the reserved bytes 12 of nonce, 16 of tag and 4 that are
/// zero. What it is and where it belongs is associated data, so that it opens nowhere else.
package final class PageSealer {
    package static let pageByteCount = 4096
    package static let reservedByteCount = 32
    static let contentByteCount = pageByteCount - reservedByteCount
    /// The beginning of a file, in clear: what it is, and its id.
    package static let clearByteCount = 24
    static let magic = Array("stoepdb".utf8) + [1]

    /// Where a page belongs.
    package enum Place: Equatable {
        /// In the database file; the first page has number 1.
        case database(page: UInt32)
        /// In the write-ahead log, in a frame of one run of the log: frames from 1, the salts of the run.
        case log(page: UInt32, frame: UInt32, commit: UInt32, salts: [UInt8])
        /// In the rollback journal, which exists while a database is being made.
        case journal(offset: UInt64)
    }

    package let fileID: [UInt8]
    private let pages: AES256GCM
    private let headers: AES256Block
    private let random: (Int) -> [UInt8]
    /// Random bytes in stock: asked for one by one they cost more than the sealing.
    private var nonces: [UInt8] = []
    private var noncesUsed = 0

    package init(_ key: PageKey, random: @escaping (_ count: Int) -> [UInt8]) {
        fileID = key.fileID
        pages = AES256GCM(key: KeyDerivation.hkdf(key.key, salt: key.fileID, info: "stoep 1 pages"))
        headers = AES256Block(key: KeyDerivation.hkdf(key.key, salt: key.fileID, info: "stoep 1 frame headers"))
        self.random = random
    }

    /// The 24 bytes with which the database file begins.
    package var clearHeader: [UInt8] { Self.magic + fileID }

    /// What SQLite is shown in place of them: its own magic, pages of 4096 bytes of which 32 are reserved, and that
    /// there is a write-ahead log.
    static let shownHeader: [UInt8] =
        Array("SQLite format 3".utf8) + [0, UInt8(pageByteCount >> 8), 0, 2, 2, UInt8(reservedByteCount), 64, 32, 32]

    /// Seals a page of 4096 bytes into as many others.
    /// - Returns: false for what could not be shown again as it was: reserved bytes that are in use, or a first page of
    ///   another layout.
    package func seal(_ page: UnsafeRawBufferPointer, at place: Place, into target: UnsafeMutableRawPointer) -> Bool {
        guard page.count == Self.pageByteCount, let source = page.baseAddress,
            page[Self.contentByteCount...].allSatisfy({ $0 == 0 })
        else { return false }
        let clear = clearCount(at: place)
        if clear > 0 {
            guard Self.isShown(page) else { return false }
            clearHeader.withUnsafeBytes { target.copyMemory(from: $0.baseAddress ?? source, byteCount: clear) }
        }
        let nonce = target + Self.contentByteCount
        fillNonce(nonce)
        let tag = nonce + AES256GCM.nonceByteCount
        memset(tag + AES256GCM.tagByteCount, 0, 4)
        pages.seal(
            UnsafeRawBufferPointer(start: source + clear, count: Self.contentByteCount - clear), nonce: nonce,
            aad: associatedData(place), into: target + clear, tag: tag)
        return true
    }

    /// Opens a sealed page of 4096 bytes into as many others, whose reserved bytes are zero.
    /// - Returns: false where anything about it is another; nothing in `target` may then be used.
    package func open(
        _ sealed: UnsafeRawBufferPointer, at place: Place, into target: UnsafeMutableRawPointer
    ) -> Bool {
        guard sealed.count == Self.pageByteCount, let source = sealed.baseAddress,
            sealed[(Self.pageByteCount - 4)...].allSatisfy({ $0 == 0 })
        else { return false }
        let clear = clearCount(at: place)
        guard sealed.prefix(clear).elementsEqual(clearHeader.prefix(clear)) else { return false }
        let nonce = source + Self.contentByteCount
        let isWhole = pages.open(
            UnsafeRawBufferPointer(start: source + clear, count: Self.contentByteCount - clear), nonce: nonce,
            aad: associatedData(place), tag: nonce + AES256GCM.nonceByteCount, into: target + clear)
        guard isWhole else { return false }
        if clear > 0 {
            Self.shownHeader.withUnsafeBytes { target.copyMemory(from: $0.baseAddress ?? source, byteCount: clear) }
        }
        memset(target + Self.contentByteCount, 0, Self.reservedByteCount)
        return true
    }

    /// The page with the one bit turned back that keeps it from opening: each is tried. Nil where it is not one bit.
    package func mended(_ sealed: [UInt8], at place: Place) -> [UInt8]? {
        guard sealed.count == Self.pageByteCount else { return nil }
        var page = sealed
        let (clear, spare) = (clearCount(at: place), Self.pageByteCount - 4)
        // What is known need not be looked for.
        page.replaceSubrange(..<clear, with: clearHeader.prefix(clear))
        page.replaceSubrange(spare..., with: [0, 0, 0, 0])
        let data = associatedData(place)
        var plain = [UInt8](repeating: 0, count: Self.contentByteCount)
        let isFound = page.withUnsafeMutableBytes { page in
            plain.withUnsafeMutableBytes { plain in
                guard let source = page.baseAddress, let target = plain.baseAddress else { return false }
                let text = UnsafeRawBufferPointer(start: source + clear, count: Self.contentByteCount - clear)
                let nonce = UnsafeRawPointer(source + Self.contentByteCount)
                let tag = nonce + AES256GCM.nonceByteCount
                if pages.open(text, nonce: nonce, aad: data, tag: tag, into: target) { return true }
                for index in clear..<spare {
                    for bit in UInt8(0)..<8 {
                        page[index] ^= 1 << bit
                        if pages.open(text, nonce: nonce, aad: data, tag: tag, into: target) { return true }
                        page[index] ^= 1 << bit
                    }
                }
                return false
            }
        }
        return isFound ? page : nil
    }

    /// Seals the salts and checksums of a frame's header, in place: 16 bytes. They would tell a checksum of the page.
    package func sealFrameHeader(_ block: UnsafeMutableRawPointer) { headers.encrypt(block) }

    package func openFrameHeader(_ block: UnsafeMutableRawPointer) { headers.decrypt(block) }

    private func clearCount(at place: Place) -> Int { place == .database(page: 1) ? Self.clearByteCount : 0 }

    /// Whether a first page begins as we show it; a database in the making does not have a log yet.
    private static func isShown(_ page: UnsafeRawBufferPointer) -> Bool {
        zip(page, shownHeader).enumerated().allSatisfy { index, bytes in
            bytes.0 == bytes.1 || (18...19).contains(index) && bytes.0 == 1
        }
    }

    private func associatedData(_ place: Place) -> [UInt8] {
        var data: [UInt8] = []
        data.reserveCapacity(64)
        switch place {
        case .database(let page):
            data.append(1)
            data += fileID
            data.append(bigEndian: page)
            if page == 1 { data += Self.magic }
        case .log(let page, let frame, let commit, let salts):
            data.append(2)
            data += fileID
            data.append(bigEndian: page)
            data.append(bigEndian: frame)
            data.append(bigEndian: commit)
            data += salts
        case .journal(let offset):
            data.append(3)
            data += fileID
            data.append(bigEndian: UInt32(truncatingIfNeeded: offset >> 32))
            data.append(bigEndian: UInt32(truncatingIfNeeded: offset))
        }
        return data
    }

    private func fillNonce(_ target: UnsafeMutableRawPointer) {
        let count = AES256GCM.nonceByteCount
        if noncesUsed + count > nonces.count {
            nonces = random(256 * count)
            noncesUsed = 0
            precondition(nonces.count == 256 * count, "the generator gave another number of bytes than was asked for")
        }
        for index in 0..<count { target.storeBytes(of: nonces[noncesUsed + index], toByteOffset: index, as: UInt8.self) }
        noncesUsed += count
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: UInt32) {
        for shift in stride(from: UInt32(24), through: 0, by: -8) { append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
