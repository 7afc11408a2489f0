import Glibc
import StoepModel

/// An area as it is imported. Degrees are integers of 1e-5.
package struct AreaRow: Equatable, Sendable {
    package var code: String
    package var name: String
    package var longitude: Int64
    package var latitude: Int64

    package init(code: String, name: String, longitude: Int64, latitude: Int64) {
        self.code = code
        self.name = name
        self.longitude = longitude
        self.latitude = latitude
    }

    /// More than the neighbourhoods of the Netherlands.
    package static let limit = 50_000
}

/// A file of areas: comma-separated values (RFC 4180) with the header `code,name,longitude,latitude`, in decimal
/// degrees.
package enum AreaFile {
    package static let maximumBytes = 8 << 20
    private static let header = ["code", "name", "longitude", "latitude"]

    package static func read(_ path: String) throws(DaemonError) -> [AreaRow] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .file(path: path, code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .file(path: path, code: errno) }
            if count == 0 { break }
            bytes += piece[..<count]
            guard bytes.count <= maximumBytes else { throw .file(path: path, code: EFBIG) }
        }
        do {
            return try parse(bytes)
        } catch {
            throw .refused(error)
        }
    }

    package static func parse(_ bytes: [UInt8]) throws(Objection) -> [AreaRow] {
        guard let text = String(validating: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...], as: UTF8.self)
        else { throw Objection(.areaFile) }
        var rows: ArraySlice<CommaSeparated.Row>
        do {
            rows = try CommaSeparated.rows(text)[...]
        } catch {
            throw Objection(.areaRow, "\(error.line)", "quotes")
        }
        guard let first = rows.popFirst(), first.fields == header else { throw Objection(.areaFile) }
        guard rows.count <= AreaRow.limit else { throw Objection(.tooManyAreas, "\(AreaRow.limit)") }
        var seen: Set<[UInt8]> = []
        var areas: [AreaRow] = []
        for row in rows {
            let area = try self.area(row)
            guard seen.insert(Array(area.code.utf8)).inserted else { throw wrong(row, "code") }
            areas.append(area)
        }
        return areas
    }

    private static func area(_ row: CommaSeparated.Row) throws(Objection) -> AreaRow {
        guard row.fields.count == header.count else { throw wrong(row, "columns") }
        guard LogID.isPartitionName(row.fields[0]) else { throw wrong(row, "code") }
        guard Bounds.isName(row.fields[1]) else { throw wrong(row, "name") }
        guard let longitude = Degrees.parse(row.fields[2], atMost: 180) else { throw wrong(row, "longitude") }
        guard let latitude = Degrees.parse(row.fields[3], atMost: 90) else { throw wrong(row, "latitude") }
        return AreaRow(code: row.fields[0], name: row.fields[1], longitude: longitude, latitude: latitude)
    }

    private static func wrong(_ row: CommaSeparated.Row, _ what: String) -> Objection {
        Objection(.areaRow, "\(row.line)", what)
    }
}
