import StoepMerge
import StoepModel
import StoepStore
import StoepWire

/// Why something could not be done. Each case carries what a person needs to go on; nothing was changed unless the
/// case says otherwise.
public enum ReplicaError: Error {
    // The store.

    /// There is no store in this directory: somebody has to join first.
    case storeNotFound(directory: String)
    /// The directory is the store of a space already; the name is empty where it is not known yet.
    case alreadyJoined(directory: String, space: String)
    /// Another process writes and did not let go within the wait.
    case busy(processID: Int32, command: String)
    case newerVersion
    /// Its passphrase is needed.
    case locked(directory: String)
    case wrongPassphrase
    /// The kernel would not keep a key; an `errno`.
    case keyringUnavailable(errno: Int32)
    case damaged(String)
    case diskFull
    /// The machine has no memory left for it; nothing was changed.
    case outOfMemory
    case disk(String)
    /// The directory cannot be made or entered; an `errno`.
    case directoryUnusable(String, errno: Int32)

    // The daemon.

    /// Mistyped, cut off, or something else altogether.
    case invitationDamaged
    /// The invitation is for a later version of the program.
    case invitationTooNew
    /// The daemon refused, by the name that the protocol gives its reason; the detail is a log or empty.
    case refused(name: String, detail: String)
    /// This device is out, or its member is. So many changes were handed in all the same, except for what the daemon did
    /// not take, by the names of the reasons; a coordinator decides what becomes of them.
    case revoked(handedIn: Int, notTaken: [String])
    case answerNotUnderstood(String)
    /// What the host's transport threw.
    case transport(any Error)

    // Bundles, and colleagues.

    /// Cut off, changed, or no bundle at all; what was noticed. Nothing of it was taken.
    case bundleDamaged(String)
    case bundleTooNew
    case bundleOfAnotherSpace
    /// Nothing in it is sealed to this device.
    case bundleNothingForYou
    /// A bundle was to be written where something else stands.
    case fileInTheWay(String)
    /// A file that was named cannot be used; an `errno`.
    case fileUnusable(String, errno: Int32)
    /// The line is no frontier, or not all of one.
    case frontierDamaged
    /// No other device in force has a key that begins so.
    case unknownLaptop(String)
    case ambiguousLaptop(String, [VerifyingKey])

    // Backups.

    /// Cut off, changed, or no backup at all; what was noticed.
    case backupDamaged(String)
    case backupTooNew
    /// Another passphrase opens it.
    case backupNotOpened
    /// A daemon's: not for a laptop.
    case backupOfDaemon

    // What may be recorded, and where.

    /// No conversations are for this device.
    case conversationsNotGranted
    /// Not in this area.
    case areaNotGranted(Area)
    /// Several partitions could be meant, so an area has to be named.
    case areaNeeded
    case unknownArea(String)
    case ambiguousArea(String, [Area])
    /// The area belongs to another partition, whose log other people read.
    case areaElsewhere(RecordID, Area)
    case unknownTheme(String)
    case ambiguousTheme(String, [Theme])
    case themeExists(Theme)
    /// So much is left of an offer, which is less than was asked of it.
    case offerUsedUp(RecordID, left: Int64)
    /// An offer or a need is closed since this day, or was good until it.
    case noLongerOpen(RecordID, day: String)
    /// An offer waits for these.
    case conditionsMissing(RecordID, [String])
    /// Under the consent `none` only counts are kept.
    case consentKeepsNothing
    /// To lower consent to `none` erases the conversation: `lowerConsent` does.
    case loweringConsent(RecordID)
    /// How a person is reached is kept only with their consent; what they agreed to, if that was noted.
    case consentLacking(RecordID, Consent?)
    /// Consent is asked for in other words already, under this version and language.
    case consentTextExists(version: String, language: String)
    /// Only who recorded it, or a coordinator, may have it erased.
    case notYoursToErase(RecordID, recordedBy: Person)
    /// What was asked to be erased is erased already.
    case alreadyErased(RecordID, successor: RecordID?)
    /// The words can be edited only by who heard them.
    case wordsNotYours(RecordID, heardBy: Person)
    /// The rules of the space do not allow it, by the name of the rule.
    case notAllowed(String)
    /// It is for coordinators alone.
    case coordinatorsOnly
    /// Two records of different kinds, or that different people read, cannot be the same.
    case notJoinable(RecordID, RecordID)
    /// A field's name, and how much it holds: scalars of a text, bytes of a value.
    case tooLong(field: String, limit: Int)
    case nothingToChange
    /// No version of the record with this token was ever here, or it reads otherwise by now.
    case unknownVersion(String)
    /// Nobody changed the record from here, or not in the change that was meant.
    case notYourChange(RecordID, by: Person?)
    /// No change of the record has this number.
    case unknownChange(String)
    /// The change recorded the conversation itself.
    case cannotUndoRecording(RecordID)
    /// All that the change did was changed since, or undone; what is kept and why.
    case nothingToUndo(RecordID, [KeptByUndo])
    case empty(field: String)
    /// No word stands in what was to be looked for.
    case nothingToSearch

    // Records and conflicts.

    /// What was typed cannot be the beginning of an id.
    case notAnID(String)
    case unknownID(String)
    /// Nothing of this kind here goes by that name, or has an id that begins so.
    case unknownRecord(String, of: CollectionDefinition)
    case ambiguousID(String, [RecordID])
    case unknownField(String, known: [String])
    case noConflict(RecordID, field: String)
    case noSuchValue(Int, of: Int)
    /// An agenda has no item of this number.
    case noSuchItem(Int, of: Int)
    case valueDoesNotFit(field: String, value: String)

    /// What nobody foresaw.
    case unexpected(String)
}

extension ReplicaError {
    package init(_ error: any Error) {
        switch error {
        case let error as ReplicaError: self = error
        case let error as StoreError: self.init(error)
        default: self = .unexpected(String(describing: error))
        }
    }

    private init(_ error: StoreError) {
        self =
            switch error {
            case .notFound(let directory): .storeNotFound(directory: directory)
            case .alreadyExists(let directory): .alreadyJoined(directory: directory, space: "")
            case .busy(let processID, let name): .busy(processID: processID, command: name)
            case .newerVersion: .newerVersion
            case .locked(let directory): .locked(directory: directory)
            case .wrongPassphrase: .wrongPassphrase
            case .keyringUnavailable(let code): .keyringUnavailable(errno: code)
            case .damaged(let what): .damaged(what)
            case .full: .diskFull
            case .outOfMemory: .outOfMemory
            case .disk(let what): .disk(what)
            case .unknownRecord(let id): .unknownID(id.description)
            case .notAllowed(let reason): .notAllowed(reason.rawValue)
            case .unknownVersion(let version): .unknownVersion(version)
            case .notJoinable(let one, let other): .notJoinable(one, other)
            case .tooLarge(let what): .tooLong(field: what, limit: Limits.payloadBytes)
            case .database(let error): .unexpected("\(error)")
            case .unusableDirectory(let directory, let code): .directoryUnusable(directory, errno: code)
            case .file(let path, let code): .fileUnusable(path, errno: code)
            case .fileInTheWay(let path): .fileInTheWay(path)
            case .backup(.damaged(let what)): .backupDamaged(what)
            case .backup(.version): .backupTooNew
            case .backup(.otherProgram): .backupOfDaemon
            case .backup(.wrongSecret): .backupNotOpened
            case .bundle(.damaged(let what)): .bundleDamaged(what)
            case .bundle(.version): .bundleTooNew
            case .bundle(.otherSpace): .bundleOfAnotherSpace
            case .bundle(.nothingForYou): .bundleNothingForYou
            }
    }

    /// Runs what throws anything, and names it.
    static func naming<T>(_ body: () throws -> T) throws(ReplicaError) -> T {
        do {
            return try body()
        } catch {
            throw ReplicaError(error)
        }
    }
}
