import CSQLite

/// Breaks a text into words exactly as the full-text tables do, which are made with `definition`: it is their tokenizer.
package final class WordBreaker {
    /// In SQL, how a table breaks its texts: into runs of letters and digits, in lower case, without diacritics.
    package static let definition = "tokenize='unicode61 remove_diacritics 2'"
    /// FTS5 cuts longer words off.
    private static let termBytes = 32768

    package struct Word: Sendable, Equatable {
        /// As the index has it.
        package let term: [UInt8]
        /// Where it stands in the text, in bytes of UTF-8.
        package let range: Range<Int>
    }

    private let methods: fts5_tokenizer
    private let tokenizer: OpaquePointer

    init(_ database: OpaquePointer) throws(SQLiteError) {
        var context: UnsafeMutableRawPointer?
        var methods = fts5_tokenizer()
        var tokenizer: OpaquePointer?
        var code = SQLITE_OK
        if let api = stoep_fts5_api(database) {
            code = api.pointee.xFindTokenizer(api, "unicode61", &context, &methods)
            if code == SQLITE_OK { code = Self.create(methods, context, ["remove_diacritics", "2"], &tokenizer) }
        } else {
            code = sqlite3_errcode(database)
        }
        guard let tokenizer else {
            if code & 0xff == SQLITE_NOMEM { throw Self.outOfMemory }
            throw SQLiteError(
                extendedCode: SQLITE_ERROR, message: "this SQLite has no FTS5 with unicode61", operation: "search")
        }
        self.methods = methods
        self.tokenizer = tokenizer
    }

    deinit {
        methods.xDelete(tokenizer)
    }

    private static func create(
        _ methods: fts5_tokenizer, _ context: UnsafeMutableRawPointer?, _ arguments: [StaticString],
        _ tokenizer: inout OpaquePointer?
    ) -> Int32 {
        var pointers = arguments.map { argument -> UnsafePointer<CChar>? in
            UnsafeRawPointer(argument.utf8Start).assumingMemoryBound(to: CChar.self)
        }
        return methods.xCreate(context, &pointers, Int32(pointers.count), &tokenizer)
    }

    private static var outOfMemory: SQLiteError { .reported(by: nil, code: SQLITE_NOMEM, operation: "search") }

    /// The words of a text, in order: all, or none for lack of memory.
    package func words(of text: String) throws(SQLiteError) -> [Word] {
        final class Found { var words: [Word] = [] }
        let found = Found()
        var text = text
        let code = text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { characters in
                // A value of SQLite is never longer than this.
                guard let start = characters.baseAddress, let count = Int32(exactly: characters.count) else {
                    return SQLITE_OK
                }
                return methods.xTokenize(
                    tokenizer, Unmanaged.passUnretained(found).toOpaque(), FTS5_TOKENIZE_DOCUMENT, start, count,
                    { context, _, term, length, start, end in
                        guard let context, let term, length >= 0, start <= end else { return SQLITE_ERROR }
                        let bytes = UnsafeRawBufferPointer(start: term, count: min(Int(length), WordBreaker.termBytes))
                        Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().words.append(
                            Word(term: Array(bytes), range: Int(start)..<Int(end)))
                        return SQLITE_OK
                    })
            }
        }
        guard code == SQLITE_OK else { throw Self.outOfMemory }
        return found.words
    }
}

extension Connection {
    /// A breaker of this connection's SQLite. It may outlive the connection.
    package func wordBreaker() throws(SQLiteError) -> WordBreaker {
        try WordBreaker(try database(for: "search"))
    }
}
