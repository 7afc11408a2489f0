import Glibc
import StoepStore

/// A text that is looked for in files, in the forms in which it could stand there: UTF-8, UTF-16 in both byte orders,
/// and base64 wherever it begins.
package struct Canary: Sendable {
    package let text: String
    private let forms: [[UInt8]]

    package init(_ text: String) {
        self.text = text
        let utf8 = Array(text.utf8)
        var forms = [utf8]
        forms.append(text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        forms.append(text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
        for start in 0..<3 { forms.append(Self.base64(Array(utf8.dropFirst(start)))) }
        self.forms = forms
    }

    /// The whole groups of three of what begins at a group.
    private static func base64(_ bytes: [UInt8]) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        return stride(from: 0, to: bytes.count - bytes.count % 3, by: 3).flatMap { start in
            let group = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            return [18, 12, 6, 0].map { letters[group >> $0 & 63] }
        }
    }

    /// Whether any form of it stands in these bytes.
    package func stands(in bytes: [UInt8]) -> Bool {
        forms.contains { Self.find($0, in: bytes) }
    }

    private static func find(_ form: [UInt8], in bytes: [UInt8]) -> Bool {
        // By a byte that is not 0, of which files are full.
        guard let place = form.firstIndex(where: { $0 != 0 }), bytes.count >= form.count else { return false }
        return bytes.withUnsafeBytes { all in
            guard let base = all.baseAddress else { return false }
            let last = all.count - form.count
            var start = 0
            while start <= last, let hit = memchr(base + start + place, Int32(form[place]), last - start + 1) {
                start = UnsafeRawPointer(hit) - base - place
                if memcmp(base + start, form, form.count) == 0 { return true }
                start += 1
            }
            return false
        }
    }

    /// The files under a directory in which any form of it stands.
    package func files(under directory: String) throws -> [String] {
        try Self.files(directory).filter { path in
            let bytes = try Self.bytes(of: path)
            guard !bytes.isEmpty, !stands(in: bytes) else { return !bytes.isEmpty }
            return stands(in: try OpenedFiles.opened(path, bytes))
        }
    }

    /// Which of these words stand in any form, as they are or without capitals, in which of the files under a directory:
    /// read as whoever finds them would, without a key.
    package static func told(_ words: [String], under directory: String) throws -> [String] {
        let canaries = Set(words + words.map { $0.lowercased() }).map { Canary($0) }
        return try files(directory).flatMap { path in
            let bytes = try bytes(of: path)
            return canaries.filter { $0.stands(in: bytes) }.map { "\($0.text) in \(path)" }
        }
    }

    private static func files(_ directory: String) throws -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            let path = "\(directory)/\(name)"
            if entry.pointee.d_type == UInt8(DT_DIR) { found += try files(path) }
            if entry.pointee.d_type == UInt8(DT_REG) { found.append(path) }
        }
        return found
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        // Some other process took it away meanwhile.
        if descriptor < 0, errno == ENOENT { return [] }
        guard descriptor >= 0 else { throw StoreError.disk(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = read(descriptor, &piece, piece.count), count > 0 { bytes += piece[..<count] }
        return bytes
    }
}
