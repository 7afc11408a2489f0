import Glibc
import StoepSQLite

/// A folder of a test's own, gone with the last reference to it.
final class ScratchFolder: Sendable {
    let path: String

    init() {
        var template = Array("/tmp/stoep-sqlite-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { preconditionFailure("no temporary folder") }
        path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    deinit {
        for name in names() { unlink(file(name)) }
        rmdir(path)
    }

    /// What is in it, sorted.
    func names() -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            names.append(withUnsafePointer(to: &entry.pointee.d_name.0) { String(cString: $0) })
        }
        return names.filter { $0 != "." && $0 != ".." }.sorted()
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The bytes of a file. Never of a database that is open in this process: closing a descriptor drops
    /// SQLite's locks on it.
    func bytes(_ name: String) throws -> [UInt8] {
        try DurableFile.read(file(name), maximumBytes: 1 << 28)
    }

    func size(_ name: String) -> Int? {
        var status = stat()
        return stat(file(name), &status) == 0 ? Int(status.st_size) : nil
    }

    func mode(_ name: String) -> UInt32? {
        var status = stat()
        return stat(file(name), &status) == 0 ? status.st_mode & 0o777 : nil
    }

    /// Puts content into the file as it stands, without making it durable.
    func overwrite(_ bytes: [UInt8], _ name: String) throws {
        let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
            throw FileError(code: errno, path: file(name), operation: "overwrite")
        }
    }

    func remove(_ name: String) { unlink(file(name)) }

    func put(_ bytes: [UInt8], _ name: String) throws {
        try DurableFile.write(bytes, to: file(name))
    }
}

let applicationID: Int32 = 0x53746f65

extension ScratchFolder {
    func connect(
        _ name: String = "store.db", applicationID: Int32 = applicationID, readOnly: Bool = false,
        vfsName: String? = nil, createsIfMissing: Bool = true, sealing: PageSealing? = nil
    ) throws -> Connection {
        try Connection(
            Connection.Configuration(
                path: file(name), readOnly: readOnly, vfsName: vfsName, busyTimeoutMilliseconds: 100,
                applicationID: applicationID, createsIfMissing: createsIfMissing, createsFileForOwnerOnly: true),
            sealing: sealing)
    }

    /// A database with one table of notes.
    func connectToNotes(
        _ name: String = "store.db", vfsName: String? = nil, sealing: PageSealing? = nil
    ) throws -> Connection {
        let connection = try connect(name, vfsName: vfsName, sealing: sealing)
        try connection.execute("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT, body BLOB) STRICT")
        return connection
    }
}

/// Whether `needle` stands anywhere in `haystack`.
func contains(_ haystack: [UInt8], _ needle: String) -> Bool { contains(haystack, Array(needle.utf8)) }

func contains(_ haystack: [UInt8], _ pattern: [UInt8]) -> Bool {
    haystack.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress, let first = pattern.first else { return pattern.isEmpty }
        var start = 0
        while start + pattern.count <= bytes.count,
            let found = memchr(base + start, Int32(first), bytes.count - pattern.count + 1 - start)
        {
            if memcmp(found, pattern, pattern.count) == 0 { return true }
            start = UnsafeRawPointer(found) - base + 1
        }
        return false
    }
}

extension Connection {
    func count() throws -> Int64 { try first("SELECT count(*) FROM note") { $0.int64(0) } ?? -1 }
    func setting(_ name: String) throws -> Int64? { try first("PRAGMA \(name)") { $0.int64(0) } }
}

/// The error of this module that `body` throws, nil when it throws none.
func sqliteError(_ body: () throws -> Void) -> SQLiteError? {
    do {
        try body()
        return nil
    } catch {
        return error as? SQLiteError
    }
}
