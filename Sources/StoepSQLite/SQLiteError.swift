import CSQLite

/// What SQLite, or this module on its behalf, refused to do.
///
/// It carries the SQL *text*, whose arguments are bound and therefore not in it, and never an argument:
/// an error may be printed and logged without telling what anybody said.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// Why, where this module knows more than SQLite's code does.
    package enum Kind: Equatable, Sendable {
        /// SQLite's own code says it all.
        case engine
        /// There is no database at this path, or an empty file, and none was to be made.
        case missing
        /// The database file is absent or empty beside a write-ahead log that is not: never read as new and empty.
        case logWithoutDatabase
        /// The file holds something that is not an SQLite database (or not with this key).
        case notADatabase
        /// A page of the database or of its log does not match its seal: it is damaged, or belongs elsewhere, or was
        /// sealed with another key.
        case unauthentic
        /// The database is sealed, but with none of the keys that were given.
        case sealedWithAnotherKey
        /// A key was given, and the database is in clear.
        case notSealed
        /// A database of another program: its `application_id` is not ours.
        case foreignDatabase(applicationID: Int32)
        /// Pages of another size, or without the reserved bytes that sealed pages need.
        case otherPageLayout(pageSize: Int, reservedBytes: Int)
        /// Written by a newer version than this one knows.
        case newerVersion(found: Int32, known: Int32)
        /// An earlier COMMIT, fsync or write failed: this connection writes no more. Close it and open again.
        case connectionFailed
        /// SQLite rolled the transaction back by itself; going on would write half of it.
        case transactionLost
        /// A statement that writes, inside `snapshot`.
        case writeInSnapshot
        /// Used after `close()`.
        case closed
    }

    package let kind: Kind
    /// SQLite's primary result code.
    package let code: Int32
    /// SQLite's extended result code; the primary one is its lowest byte.
    package let extendedCode: Int32
    /// What went wrong, in words that quote no argument.
    package let message: String
    /// The statement's text, without its arguments.
    package let sql: String?
    /// What was being done: "open", "prepare", "step", "commit", "checkpoint", …
    package let operation: String

    package init(
        kind: Kind = .engine, extendedCode: Int32, message: String, sql: String? = nil, operation: String
    ) {
        self.kind = kind
        self.code = extendedCode & 0xff
        self.extendedCode = extendedCode
        self.message = message
        self.sql = sql
        self.operation = operation
    }

    /// Another connection holds the lock.
    package var isBusy: Bool { code == SQLITE_BUSY || code == SQLITE_LOCKED }
    /// The disk, or a quota, is full.
    package var isFull: Bool { code == SQLITE_FULL }
    /// The disk does not let a file be opened that is there.
    package var isCannotOpen: Bool { code == SQLITE_CANTOPEN }
    /// Also where what was being done says that it was reading or writing.
    package var isOutOfMemory: Bool { code == SQLITE_NOMEM || extendedCode == stoepIOErrorMemory }
    package var isIOError: Bool { code == SQLITE_IOERR }
    /// An fsync failed: what the file holds is not known until it is opened anew.
    package var isFailedSync: Bool {
        extendedCode == stoepIOErrorSync || extendedCode == stoepIOErrorDirectorySync
    }
    /// What the file holds contradicts itself, or is no database at all.
    package var isCorrupt: Bool {
        code == SQLITE_CORRUPT || code == SQLITE_NOTADB || extendedCode == SealedFile.unauthentic
    }
    package var isReadOnly: Bool { code == SQLITE_READONLY }

    package var description: String {
        let text = "\(operation): \(message) (SQLite \(extendedCode))"
        guard let sql else { return text }
        return "\(text) in: \(sql)"
    }
}

// Macros made of arithmetic are not imported.
private let stoepIOErrorMemory = SQLITE_IOERR | (12 << 8)
private let stoepIOErrorSync = SQLITE_IOERR | (4 << 8)
private let stoepIOErrorDirectorySync = SQLITE_IOERR | (5 << 8)

extension SQLiteError {
    /// The error that `database` has just reported.
    ///
    /// - Parameter quotesArguments: SQLite's words may repeat a bound argument (an FTS5 query it cannot
    ///   parse, for one); they are then replaced by the code's general text.
    static func reported(
        by database: OpaquePointer?, code: Int32, sql: String? = nil, operation: String,
        quotesArguments: Bool = false
    ) -> SQLiteError {
        var extended = code
        if let database, sqlite3_errcode(database) & 0xff == code & 0xff {
            extended = sqlite3_extended_errcode(database)
        }
        let words: UnsafePointer<CChar>?
        if let database, !quotesArguments, sqlite3_errcode(database) & 0xff == code & 0xff {
            words = sqlite3_errmsg(database)
        } else {
            words = sqlite3_errstr(code)
        }
        if extended == SealedFile.unauthentic {
            return SQLiteError(
                kind: .unauthentic, extendedCode: extended, message: "a page does not match its seal", sql: sql,
                operation: operation)
        }
        let kind: Kind = code & 0xff == SQLITE_NOTADB ? .notADatabase : .engine
        return SQLiteError(
            kind: kind, extendedCode: extended, message: words.map { String(cString: $0) } ?? "unknown error",
            sql: sql, operation: operation)
    }

    /// Why a file was not opened as a sealed database.
    static func objection(_ kind: Kind, _ path: String) -> SQLiteError {
        let message =
            switch kind {
            case .sealedWithAnotherKey: "the database is sealed with another key"
            case .notSealed: "the database is not sealed"
            default: "file is not a database"
            }
        return SQLiteError(kind: kind, extendedCode: SQLITE_NOTADB, message: message, operation: "open \(path)")
    }
}
