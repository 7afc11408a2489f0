/// A sealed database in which a disk let bits fall over. A seal only tells that a page is not what was written; but with the
/// one bit turned back that fell over it opens again, and with no other.
package enum PageMending {
    /// So many pages are tried: a file that is damaged throughout is not one of fallen bits.
    private static let triedPages = 64

    /// How many are read at once.
    private static let pagesAtOnce = 256

    /// Turns a bit back in every page that this mends; durable on return. This process does not have the file open, and
    /// nobody writes to it.
    /// - Parameter keys: those that it may be sealed with.
    /// - Returns: how many pages were mended.
    package static func mend(_ path: String, on disk: any Disk = SystemDisk(), keys: [PageKey]) throws(FileError) -> Int {
        let size = PageSealer.pageByteCount
        var sealer: PageSealer?
        var mended: [(offset: Int, bytes: [UInt8])] = []
        var (start, tried) = (0, 0)
        while tried < triedPages {
            let bytes = try disk.read(path, from: start, count: pagesAtOnce * size)
            if start == 0, bytes.count >= size {
                let fileID = bytes[..<PageSealer.clearByteCount].dropFirst(PageSealer.magic.count)
                let key = keys.first { $0.fileID == Array(fileID) } ?? keys.first
                sealer = key.map { PageSealer($0, random: { [UInt8](repeating: 0, count: $0) }) }
            }
            guard let sealer else { break }
            // What is behind the last whole page is none.
            for place in 0..<bytes.count / size where tried < triedPages {
                let page = Array(bytes[place * size..<(place + 1) * size])
                guard let number = UInt32(exactly: start / size + place + 1) else { break }
                if opens(page, number, sealer) || !page.contains(where: { $0 != 0 }) { continue }
                tried += 1
                if let turned = turned(page, number, sealer) { mended.append((start + place * size, turned)) }
            }
            guard bytes.count == pagesAtOnce * size else { break }
            start += bytes.count
        }
        if !mended.isEmpty { try disk.overwrite(path, with: mended) }
        return mended.count
    }

    /// The page with the bit turned back that fell over; nil where it is not one bit.
    private static func turned(_ page: [UInt8], _ number: UInt32, _ sealer: PageSealer) -> [UInt8]? {
        var tried = page
        // What is known need not be looked for.
        let clear = number == 1 ? sealer.clearHeader : []
        tried.replaceSubrange(..<clear.count, with: clear)
        let spare = tried.count - 4
        tried.replaceSubrange(spare..., with: [0, 0, 0, 0])
        if opens(tried, number, sealer) { return tried }
        var plain = [UInt8](repeating: 0, count: tried.count)
        let isFound = tried.withUnsafeMutableBytes { tried in
            plain.withUnsafeMutableBytes { plain in
                guard let plain = plain.baseAddress else { return false }
                let sealed = UnsafeRawBufferPointer(tried)
                for index in clear.count..<spare {
                    for bit in UInt8(0)..<8 {
                        tried[index] ^= 1 << bit
                        if sealer.open(sealed, at: .database(page: number), into: plain) { return true }
                        tried[index] ^= 1 << bit
                    }
                }
                return false
            }
        }
        return isFound ? tried : nil
    }

    private static func opens(_ page: [UInt8], _ number: UInt32, _ sealer: PageSealer) -> Bool {
        var plain = [UInt8](repeating: 0, count: page.count)
        return page.withUnsafeBytes { sealed in
            plain.withUnsafeMutableBytes { plain in
                plain.baseAddress.map { sealer.open(sealed, at: .database(page: number), into: $0) } ?? false
            }
        }
    }
}
