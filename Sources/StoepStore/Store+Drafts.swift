import StoepModel
import StoepSQLite

/// What was said while another process held the store for too long: kept in files beside it, each saved exactly once
/// by the next command that can write.
///
/// A draft's mark is committed together with what it says, and its file goes after that: a crash in between leaves
/// both, and the next run sees the mark. A mark goes once its file is durably gone. Files are listed under the lock.
extension Store {
    private static let prefix = "draft-"
    private static let maximumBytes = 4 * Limits.payloadBytes
    /// Under which stands when a draft that is not finished was first seen.
    private static let unfinished = "unfinished-"
    private static let unfinishedMilliseconds: UInt64 = 60_000

    /// Keeps a draft; durable on return.
    /// - Returns: where it stands.
    package func keepDraft(_ content: [UInt8]) throws -> String {
        let name = "\(Self.prefix)\(Hex.encode(environment.random16().bytes))"
        try Self.translating { try writeFile(content, name) }
        return "\(configuration.directory)/\(name)"
    }

    /// The names of the drafts that wait.
    package func drafts() throws -> [String] {
        try Self.translating {
            try configuration.disk.names(in: configuration.directory)?.filter { $0.hasPrefix(Self.prefix) } ?? []
        }
    }

    /// What a draft says.
    package func draft(_ name: String) throws -> [UInt8] {
        try Self.translating { try readFile(name, maximumBytes: Self.maximumBytes) }
    }

    /// Saves the drafts that wait, each in a transaction of its own.
    /// - Parameter save: saves what a draft says; inside the transaction. What it throws leaves the draft where it is
    ///   and the others untouched, unless the store itself failed.
    /// - Returns: how many were saved.
    package func saveDrafts(_ save: ([UInt8]) throws -> Void) throws -> Int {
        var saved = 0
        try forgetUnfinished()
        for name in try drafts() {
            do {
                if try saveDraft(name, save) { saved += 1 }
            } catch let error as StoreError where error.isOfTheStoreItself {
                throw error
            } catch {
                continue
            }
            try Self.translating {
                try configuration.disk.remove("\(configuration.directory)/\(name)")
                try configuration.disk.syncFolder(configuration.directory)
            }
        }
        return saved
    }

    private func saveDraft(_ name: String, _ save: ([UInt8]) throws -> Void) throws -> Bool {
        try write {
            let waiting = Set(try drafts())
            for mark in try draftMarks() where !waiting.contains(mark) {
                try db.run("DELETE FROM meta WHERE key = ?", [.text(mark)])
            }
            guard waiting.contains(name), try meta(name) == nil else { return false }
            try save(draft(name))
            try setMeta(name, [])
            return true
        }
    }

    /// Takes away what a crash left of drafts that nobody was told were kept: words that no erasure would find. Another
    /// command may be writing one just now, and waits for no lock: so only what an earlier one saw, a while ago.
    private func forgetUnfinished() throws {
        let names = try Self.translating { try configuration.disk.names(in: configuration.directory) ?? [] }
        let found = names.filter { $0.hasPrefix("." + Self.prefix) && $0.hasSuffix(".part") }
        guard !found.isEmpty else { return }
        do {
            try write {
                let now = environment.now().milliseconds
                for name in found {
                    let seen = try meta(Self.unfinished + name).map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
                    if let seen, seen <= now, now - seen >= Self.unfinishedMilliseconds {
                        try configuration.disk.remove("\(configuration.directory)/\(name)")
                        try removeMeta(Self.unfinished + name)
                    } else if seen == nil || seen.map({ $0 > now }) == true {
                        var bytes: [UInt8] = []
                        bytes.append(bigEndian: now)
                        try setMeta(Self.unfinished + name, bytes)
                    }
                }
            }
        } catch StoreError.busy {
            // The next command does it.
        }
    }

    private func draftMarks() throws -> [String] {
        try db.query("SELECT key FROM meta WHERE key >= 'draft-' AND key < 'draft.'") { $0.string(0) }
    }
}

extension StoreError {
    /// Whether the next draft would fare no better.
    fileprivate var isOfTheStoreItself: Bool {
        switch self {
        case .locked, .wrongPassphrase, .keyringUnavailable, .busy, .newerVersion, .damaged, .full, .outOfMemory, .disk,
            .database, .notFound, .alreadyExists, .unusableDirectory:
            true
        case .unknownRecord, .notAllowed, .notJoinable, .unknownVersion, .tooLarge, .bundle, .backup, .fileInTheWay, .file:
            false
        }
    }
}
