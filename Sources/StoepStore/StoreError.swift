import StoepMerge
import StoepModel
import StoepSQLite
import StoepWire

/// What can go wrong with a store. Each case is something that a person can act on; the command line says how.
package enum StoreError: Error, Sendable {
    /// There is no store in this directory.
    case notFound(directory: String)
    /// There is one already.
    case alreadyExists(directory: String)
    /// Another process is writing; it did not let go within the wait.
    case busy(processID: Int32, name: String)
    /// The store was written by a newer version.
    case newerVersion(Int32)
    /// A file of the store is not what it should be.
    case damaged(String)
    /// The disk is full: nothing was changed.
    case full
    /// The machine has no memory left for it: nothing was changed.
    case outOfMemory
    /// The disk failed: nothing was changed, and nothing more is written through this handle.
    case disk(String)
    /// No record has this id, or it cannot be seen from here.
    case unknownRecord(RecordID)
    /// The rules of the space do not let this device write that. Nothing was changed.
    case notAllowed(QuarantineReason)
    /// Two records cannot be the same: they are of different collections or logs, or their collection is not one whose
    /// records are joined. Nothing was changed.
    case notJoinable(RecordID, RecordID)
    /// No version of the record that this store ever held has this token, or what it showed has been masked or filled in
    /// since. Nothing was changed.
    case unknownVersion(String)
    /// A change that the limits do not admit. Nothing was changed.
    case tooLarge(String)
    case database(SQLiteError)
    /// The keys of the store are wrapped by a passphrase, and nobody gave it.
    case locked(directory: String)
    /// It is not this passphrase, or what is wrapped by it is damaged.
    case wrongPassphrase
    /// The kernel would not keep the keys; an `errno`.
    case keyringUnavailable(errno: Int32)
    /// A file is no bundle, or not one for this device. Nothing was changed.
    case bundle(BundleError)
    /// A file is no backup, or cannot be opened with what was given. Nothing was changed.
    case backup(BackupError)
    /// A bundle was to be written where something else stands.
    case fileInTheWay(String)
    /// A file that somebody named cannot be read or written.
    case file(String, errno: Int32)
    /// The directory cannot be made or entered.
    case unusableDirectory(String, errno: Int32)
}

extension StoreError {
    /// Gives SQLite's errors the meaning that they have for a store.
    init(_ error: SQLiteError) {
        if case .newerVersion(let found, _) = error.kind {
            self = .newerVersion(found)
        } else if error.kind == .missing || error.kind == .logWithoutDatabase {
            self = .damaged(error.message)
        } else if error.isCorrupt {
            self = .damaged(error.message)
        } else if error.isBusy {
            self = .busy(processID: 0, name: "")
        } else if error.isFull {
            self = .full
        } else if error.isOutOfMemory {
            self = .outOfMemory
        } else if error.isIOError || error.isCannotOpen {
            self = .disk(error.message)
        } else {
            self = .database(error)
        }
    }
}
