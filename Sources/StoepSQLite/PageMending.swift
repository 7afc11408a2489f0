/// A sealed database in which a disk let bits fall over. A seal only tells that a page is not what was written; but with the
/// one bit turned back that fell over it opens again, and with no other.
package enum PageMending {
    /// So many pages are tried: a file that is damaged throughout is not one of fallen bits.
    static let triedPages = 64

    /// How many are read at once.
    static let pagesAtOnce = 256

    /// Turns a bit back in every page of the database, and every frame of its log, that this mends; durable on return.
    /// This process does not have the files open, and nobody writes to them.
    /// - Parameter keys: those that it may be sealed with.
    /// - Returns: how many pages and frames were mended.
    package static func mend(
        _ path: String, on disk: any Disk = SystemDisk(), keys: [PageKey]
    ) throws(FileError) -> Int {
        let beginning = try disk.read(path, from: 0, count: PageSealer.clearByteCount)
        let fileID = Array(beginning.dropFirst(PageSealer.magic.count))
        guard let key = keys.first(where: { $0.fileID == fileID }) ?? keys.first else { return 0 }
        let sealer = PageSealer(key, random: { [UInt8](repeating: 0, count: $0) })
        return try mendDatabase(path, on: disk, sealer) + mendLog(path + "-wal", on: disk, sealer)
    }

    private static func mendDatabase(
        _ path: String, on disk: any Disk, _ sealer: PageSealer
    ) throws(FileError) -> Int {
        let size = PageSealer.pageByteCount
        var mended: [(offset: Int, bytes: [UInt8])] = []
        var (start, tried) = (0, 0)
        while tried < triedPages {
            let bytes = try disk.read(path, from: start, count: pagesAtOnce * size)
            // What is behind the last whole page is none.
            for index in 0..<bytes.count / size where tried < triedPages {
                let page = Array(bytes[index * size..<(index + 1) * size])
                guard let number = UInt32(exactly: start / size + index + 1) else { break }
                let place = PageSealer.Place.database(page: number)
                if opens(page, at: place, sealer) || !page.contains(where: { $0 != 0 }) { continue }
                tried += 1
                if let turned = sealer.mended(page, at: place) { mended.append((start + index * size, turned)) }
            }
            guard bytes.count == pagesAtOnce * size else { break }
            start += bytes.count
        }
        if !mended.isEmpty { try disk.overwrite(path, with: mended) }
        return mended.count
    }

    static func opens(_ page: [UInt8], at place: PageSealer.Place, _ sealer: PageSealer) -> Bool {
        opened(page, at: place, sealer) != nil
    }

    /// The page in clear; nil where its seal is broken.
    static func opened(_ page: [UInt8], at place: PageSealer.Place, _ sealer: PageSealer) -> [UInt8]? {
        var plain = [UInt8](repeating: 0, count: page.count)
        let isWhole = page.withUnsafeBytes { sealed in
            plain.withUnsafeMutableBytes { plain in
                plain.baseAddress.map { sealer.open(sealed, at: place, into: $0) } ?? false
            }
        }
        return isWhole ? plain : nil
    }
}
