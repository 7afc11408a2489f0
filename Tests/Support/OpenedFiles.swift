import StoepCrypto
import StoepSQLite
import StoepStore

/// What stands in the files of a sealed store, as whoever has its keys could find it: every page of the database, free or
/// not, and every frame of the log, of earlier runs too.
package enum OpenedFiles {
    /// - Returns: the content of a file in clear; of one that is no sealed file of a store, as it is.
    package static func opened(_ path: String, _ bytes: [UInt8]) throws -> [UInt8] {
        let (folder, name) = (DurableFile.folder(of: path), String(path.split(separator: "/").last ?? ""))
        guard name == "stoep.db" || name == "stoep.db-wal", WrappedKeys.exists(in: folder) else { return bytes }
        let keys = try Store.keys(Store.Configuration(directory: folder, holder: "test"))
        var clear: [UInt8] = []
        for key in keys {
            let sealer = PageSealer(key, random: { [UInt8](repeating: 0, count: $0) })
            clear += name == "stoep.db" ? pages(bytes, sealer) : frames(bytes, sealer)
        }
        return clear
    }

    /// A connection to the database of a store that is not locked, as whoever has its keys can make one.
    /// - Parameter name: of another database that has the same keys.
    package static func connect(_ folder: String, _ name: String = "stoep.db") throws -> Connection {
        let keys = try Store.keys(Store.Configuration(directory: folder, holder: "test"))
        let sealing = keys.isEmpty ? nil : PageSealing(keys: keys, random: { SystemRandom.bytes($0) })
        return try Connection(
            Connection.Configuration(path: "\(folder)/\(name)", applicationID: Store.applicationID), sealing: sealing)
    }

    private static func pages(_ bytes: [UInt8], _ sealer: PageSealer) -> [UInt8] {
        stride(from: 0, to: bytes.count - bytes.count % 4096, by: 4096).flatMap { start in
            open(bytes[start..<(start + 4096)], .database(page: UInt32(start / 4096 + 1)), sealer)
        }
    }

    private static func frames(_ bytes: [UInt8], _ sealer: PageSealer) -> [UInt8] {
        guard bytes.count > 32 else { return [] }
        return (0..<((bytes.count - 32) / 4120)).flatMap { index -> [UInt8] in
            let start = 32 + index * 4120
            var header = Array(bytes[start..<(start + 24)])
            header.withUnsafeMutableBytes { header in
                if let base = header.baseAddress { sealer.openFrameHeader(base + 8) }
            }
            let number = { (range: Range<Int>) in header[range].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } }
            let isPending = header[8...].allSatisfy { $0 == 0 }
            let place = PageSealer.Place.log(
                page: number(0..<4), frame: UInt32(index + 1), commit: number(4..<8),
                salts: isPending ? Array(bytes[16..<24]) : Array(header[8..<16]))
            return open(bytes[(start + 24)..<(start + 4120)], place, sealer)
        }
    }

    private static func open(_ sealed: ArraySlice<UInt8>, _ place: PageSealer.Place, _ sealer: PageSealer) -> [UInt8] {
        var plain = [UInt8](repeating: 0, count: PageSealer.pageByteCount)
        let isWhole = Array(sealed).withUnsafeBytes { source in
            plain.withUnsafeMutableBytes { target in
                target.baseAddress.map { sealer.open(source, at: place, into: $0) } ?? false
            }
        }
        return isWhole ? plain : []
    }
}
