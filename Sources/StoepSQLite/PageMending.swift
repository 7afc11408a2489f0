import Glibc

/// A sealed database in which a disk let bits fall over. A seal only tells that a page is not what was written; but with the
/// one bit turned back that fell over it opens again, and with no other.
package enum PageMending {
    /// So many pages are tried: a file that is damaged throughout is not one of fallen bits.
    private static let triedPages = 64

    /// Turns a bit back in every page that this mends; durable on return. This process does not have the file open, and
    /// nobody writes to it.
    /// - Parameter keys: those that it may be sealed with.
    /// - Returns: how many pages were mended.
    package static func mend(_ path: String, keys: [PageKey]) throws(FileError) -> Int {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw FileError(code: errno, path: path, operation: "open") }
        defer { close(descriptor) }
        var page = [UInt8](repeating: 0, count: PageSealer.pageByteCount)
        var sealer: PageSealer?
        var (number, tried, mended): (UInt32, Int, Int) = (1, 0, 0)
        while number < .max, tried < triedPages {
            let offset = off_t(number - 1) * off_t(page.count)
            let count = pread(descriptor, &page, page.count, offset)
            guard count >= 0 else { throw FileError(code: errno, path: path, operation: "read") }
            // What is behind the last whole page is none.
            guard count == page.count else { break }
            if number == 1 {
                let fileID = page[..<PageSealer.clearByteCount].dropFirst(PageSealer.magic.count)
                let key = keys.first { $0.fileID == Array(fileID) } ?? keys.first
                sealer = key.map { PageSealer($0, random: { [UInt8](repeating: 0, count: $0) }) }
            }
            guard let sealer else { break }
            if !opens(page, number, sealer), page.contains(where: { $0 != 0 }) {
                tried += 1
                if let turned = turned(page, number, sealer) {
                    guard pwrite(descriptor, turned, turned.count, offset) == turned.count else {
                        throw FileError(code: errno, path: path, operation: "write")
                    }
                    mended += 1
                }
            }
            number += 1
        }
        guard mended == 0 || fsync(descriptor) == 0 else {
            throw FileError(code: errno, path: path, operation: "fsync")
        }
        return mended
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
