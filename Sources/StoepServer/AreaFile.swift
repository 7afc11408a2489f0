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
        var rows = try Rows(text).all()[...]
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

    private static func area(_ row: Rows.Row) throws(Objection) -> AreaRow {
        guard row.fields.count == header.count else { throw wrong(row, "columns") }
        guard LogID.isPartitionName(row.fields[0]) else { throw wrong(row, "code") }
        guard Bounds.isName(row.fields[1]) else { throw wrong(row, "name") }
        guard let longitude = degrees(row.fields[2], atMost: 180) else { throw wrong(row, "longitude") }
        guard let latitude = degrees(row.fields[3], atMost: 90) else { throw wrong(row, "latitude") }
        return AreaRow(code: row.fields[0], name: row.fields[1], longitude: longitude, latitude: latitude)
    }

    private static func wrong(_ row: Rows.Row, _ what: String) -> Objection {
        Objection(.areaRow, "\(row.number)", what)
    }

    /// Decimal degrees as integers of 1e-5, rounded half away from zero: never through a floating-point number.
    static func degrees(_ text: String, atMost bound: Int64) -> Int64? {
        var digits = text.utf8[...]
        let isNegative = digits.first == UInt8(ascii: "-")
        if isNegative { digits.removeFirst() }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, (1...3).contains(whole.count) else { return nil }
        let fraction = parts.count > 1 ? parts[1] : "".utf8[...]
        guard parts.count == 1 || (1...18).contains(fraction.count),
            (Array(whole) + Array(fraction)).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        var value: Int64 = 0
        for digit in Array(whole) + Array(fraction.prefix(5)) { value = value * 10 + Int64(digit - UInt8(ascii: "0")) }
        for _ in fraction.count..<max(5, fraction.count) { value *= 10 }
        if let next = fraction.dropFirst(5).first, next >= UInt8(ascii: "5") { value += 1 }
        guard value <= bound * 100_000 else { return nil }
        return isNegative ? -value : value
    }
}

/// The rows of comma-separated text.
private struct Rows {
    struct Row {
        /// The line on which it begins, from 1.
        let number: Int
        let fields: [String]
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    func all() throws(Objection) -> [Row] {
        var reader = self
        var rows: [Row] = []
        while reader.position < bytes.count {
            let row = try reader.row()
            // A blank line is no row.
            if row.fields != [""] { rows.append(row) }
        }
        return rows
    }

    private mutating func row() throws(Objection) -> Row {
        let number = line
        var fields: [String] = []
        while true {
            fields.append(try field(number))
            guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
        if position < bytes.count {
            guard bytes[position] == UInt8(ascii: "\n") else { throw Objection(.areaRow, "\(number)", "columns") }
            position += 1
        }
        line += 1
        return Row(number: number, fields: fields)
    }

    private mutating func field(_ number: Int) throws(Objection) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let rest = bytes[position...]
            let end = rest.firstIndex { [UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0) }
            defer { position = end ?? bytes.count }
            return String(decoding: rest[..<(end ?? bytes.count)], as: UTF8.self)
        }
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else {
                    return String(decoding: content, as: UTF8.self)
                }
                position += 1
            }
            content.append(byte)
        }
        throw Objection(.areaRow, "\(number)", "quotes")
    }
}
