import Glibc
import StoepStore
import StoepWire

/// Why the daemon, or a command of its coordinator, could not do what was asked. Each case is something that a person
/// can act on; the command line says how.
package enum DaemonError: Error, Equatable {
    /// The directory holds no space.
    case notADataDirectory(String)
    /// It holds one already.
    case alreadyInitialised(String)
    /// Something else stands there.
    case directoryNotEmpty(String)
    /// A file that must not be replaced stands where the root key is to be written.
    case rootKeyFileExists(String)
    /// What stands there is no root key.
    case notARootKey(String)
    /// It is the root key of another space.
    case rootKeyOfAnotherSpace(String)
    /// So many daemons have a key already.
    case tooManyDaemons(limit: Int)
    /// Another daemon serves from the directory.
    case running(data: String, processID: Int32?)
    case file(path: String, code: Int32)
    case storeBusy(processID: Int32, name: String)
    case storeTooNew
    case storeDamaged(String)
    case diskFull
    case outOfMemory
    case diskFailed(String)
    /// Cut off, changed, or no backup at all; what was noticed.
    case backupDamaged(String)
    case backupTooNew
    /// A laptop's: not for a daemon.
    case backupOfLaptop
    /// What is to be the key of a backup is too short, or too long, to be one.
    case notAKeyFile(String)
    /// Another key opens it.
    case backupNotOpened
    case cannotListen(address: String, code: Int32)
    /// The host of the address to listen on is none of this machine's.
    case unknownHost(String)
    case refused(Objection)
    case unexpected(String)

    init(_ error: any Error) {
        self =
            switch error {
            case let error as DaemonError: error
            case let error as Objection: .refused(error)
            case let error as StoreError: Self.meaning(of: error)
            default: .unexpected(String(describing: error))
            }
    }

    private static func meaning(of error: StoreError) -> DaemonError {
        switch error {
        case .notFound(let directory): .notADataDirectory(directory)
        case .alreadyExists(let directory): .alreadyInitialised(directory)
        case .busy(let processID, let name): .storeBusy(processID: processID, name: name)
        case .newerVersion: .storeTooNew
        // A daemon's keys are in a file: somebody changed what is wrapped, or put another file there.
        case .locked, .wrongPassphrase, .keyringUnavailable: .storeDamaged("keys")
        case .damaged(let what): .storeDamaged(what)
        case .full: .diskFull
        case .outOfMemory: .outOfMemory
        case .disk(let what): .diskFailed(what)
        case .unusableDirectory(let path, let code), .file(let path, let code): .file(path: path, code: code)
        case .backup(.damaged(let what)): .backupDamaged(what)
        case .backup(.version): .backupTooNew
        case .backup(.otherProgram): .backupOfLaptop
        case .backup(.wrongSecret): .backupNotOpened
        case .bundle(let error): .refused(Objection(error))
        case .fileInTheWay(let path): .refused(Objection(.fileInTheWay, path))
        case .unknownRecord, .notAllowed, .notJoinable, .unknownVersion, .tooLarge, .database:
            .unexpected(String(describing: error))
        }
    }

    static func translating<T>(_ body: () throws -> T) throws(DaemonError) -> T {
        do {
            return try body()
        } catch {
            throw DaemonError(error)
        }
    }
}

/// What a coordinator asked for and the space's rules do not admit; nothing was changed. It travels from the daemon to
/// the command by name.
package struct Objection: Error, Equatable, Sendable {
    package enum Name: String, Sendable, CaseIterable {
        /// A volunteer is invited for an area at least.
        case areaMissing = "area-missing"
        /// Only volunteers are granted areas. With the role.
        case areaNotForRole = "area-not-for-role"
        /// With the area as it was typed, then codes that may have been meant, each with a blank and the area's name.
        case unknownArea = "unknown-area"
        /// With what cannot be the name of a partition.
        case partitionNameUnusable = "partition-name-unusable"
        /// With what is empty, too long, or steers a terminal.
        case nameUnusable = "name-unusable"
        /// Nobody is invited as an observer, or as revoked. With the role.
        case roleNotInvited = "role-not-invited"
        /// With the number of the row, and what of it is wrong.
        case areaRow = "area-row"
        /// Not UTF-8, or without the header that it must have.
        case areaFile = "area-file"
        /// With the limit.
        case tooManyAreas = "too-many-areas"
        /// With what was typed: nothing here has such an id.
        case unknownRecord = "unknown-record"
        /// With what was typed, then the ids that begin so.
        case ambiguousRecord = "ambiguous-record"
        /// With the id of what stands in the roster and is no member.
        case notErasable = "not-erasable"
        /// The ledger of erasures cannot be relied on.
        case inRecovery = "in-recovery"
        case notInRecovery = "not-in-recovery"
        /// With what was typed.
        case unknownMember = "unknown-member"
        /// With what was typed, then those that it may mean, each with a blank and a name.
        case ambiguousMember = "ambiguous-member"
        /// With what was typed.
        case unknownTheme = "unknown-theme"
        /// With what was typed, then those that it may mean, each with a blank and a name.
        case ambiguousTheme = "ambiguous-theme"
        /// The member has no such laptop, or several that begin so. With what was typed, then those.
        case unknownLaptop = "unknown-laptop"
        /// With what was typed.
        case nothingKeptAside = "nothing-kept-aside"
        /// With what was typed, then the actors that begin so.
        case ambiguousActor = "ambiguous-actor"
        /// No cut can let it count. With the reason for which it does not.
        case notReleasable = "not-releasable"
        /// What counts already would count no longer. With the number.
        case releaseTooShort = "release-too-short"
        /// A file is no bundle, or not all of one. With what was noticed.
        case bundleDamaged = "bundle-damaged"
        case bundleVersion = "bundle-version"
        case bundleOfAnotherSpace = "bundle-of-another-space"
        case bundleNothingForYou = "bundle-nothing-for-you"
        /// A bundle was to be written where something else stands. With the path.
        case fileInTheWay = "file-in-the-way"
        /// With the path, and an `errno`.
        case fileUnusable = "file-unusable"
        /// The daemon that was asked is of another version.
        case unknownCommand = "unknown-command"
        /// The daemon failed; its log says why.
        case daemonFailed = "daemon-failed"
    }

    package let name: Name
    package let arguments: [String]

    package init(_ name: Name, _ arguments: String...) {
        self.init(name, arguments: arguments)
    }

    init(_ name: Name, arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    init(_ error: BundleError) {
        switch error {
        case .damaged(let what): self.init(.bundleDamaged, what)
        case .version: self.init(.bundleVersion)
        case .otherSpace: self.init(.bundleOfAnotherSpace)
        case .nothingForYou: self.init(.bundleNothingForYou)
        }
    }
}
