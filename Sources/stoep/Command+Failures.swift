import StoepCommand
import StoepCore
import StoepModel
import StoepTransport

extension Command {
    /// What the replica refused, in people's words and with the exit code that goes with it.
    func failure(_ error: ReplicaError, _ directory: String) -> CommandFailure {
        switch error {
        case .locked, .wrongPassphrase, .keyringUnavailable, .storeNotFound, .alreadyJoined, .busy, .newerVersion, .damaged,
            .diskFull, .outOfMemory, .disk, .directoryUnusable:
            storeFailure(error, directory)
        case .invitationDamaged: .invitationDamaged
        case .invitationTooNew: .invitationTooNew
        case .refused(let name, let detail): refusal(name, detail)
        case .revoked(let handedIn, let notTaken): .deviceRevoked(handedIn: handedIn, notTaken: notTaken)
        case .answerNotUnderstood(let reason): .answerNotUnderstood(reason: reason)
        case .transport(let cause): transportFailure(cause, directory)
        case .bundleDamaged, .bundleTooNew, .bundleOfAnotherSpace, .bundleNothingForYou, .fileInTheWay, .fileUnusable,
            .frontierDamaged:
            bundleFailure(error)
        case .backupDamaged, .backupTooNew, .backupNotOpened, .backupOfDaemon: backupFailure(error)
        case .unknownLaptop(let typed): .unknownLaptop(typed)
        case .ambiguousLaptop(let typed, let keys): .ambiguousLaptop(typed, keys: keys.map(\.description))
        case .notAnID(let typed): .notAnID(typed)
        case .unknownID(let typed): .unknownID(typed)
        case .unknownRecord(let typed, let collection): .unknownRecord(typed, Localized(collection.one))
        case .ambiguousID(let typed, let ids): .ambiguousID(typed, candidates: ids.map(\.description))
        case .unknownField(let field, let known): .unknownField(field, known: known)
        case .noConflict(let id, let field): .noConflict(id: short(id), field: field)
        case .noSuchValue(let number, let count): .noSuchValue(number, of: count)
        case .noSuchItem(let number, let count): .noSuchItem(number, of: count)
        case .valueDoesNotFit(let field, let value): .valueDoesNotFit(field, of: collectionName, value: value)
        case .unexpected(let what): .unexpected(what)
        default: contentFailure(error)
        }
    }

    /// The kind of record that the command is about: its noun, where the schema has it; of an import what the rows are.
    private var collectionName: String {
        if verb == .desk(.import) { return arguments.required(.importAs) }
        return Schema.current.collection(named: verb.spec.path[0])?.name ?? "conversation"
    }

    private func contentFailure(_ error: ReplicaError) -> CommandFailure {
        switch error {
        case .conversationsNotGranted: .talksNotGranted
        case .areaNotGranted(let area): .areaNotGranted("\(area.name) (\(area.code))")
        case .areaNeeded: .areaNeeded
        case .unknownArea(let typed): .unknownArea(typed)
        case .ambiguousArea(let typed, let areas):
            .ambiguousArea(typed, candidates: areas.map { "\($0.code) \($0.name)" })
        case .areaElsewhere(let id, let area): .areaElsewhere(id: short(id), area: area.name)
        case .unknownTheme(let typed): .unknownTheme(typed)
        case .ambiguousTheme(let typed, let themes):
            .ambiguousTheme(typed, candidates: themes.map { "\(short($0.id)) \($0.name)" })
        case .themeExists(let theme): .themeExists(name: theme.name, id: short(theme.id))
        case .offerUsedUp(let id, let left): .offerUsedUp(id: short(id), left: left)
        case .noLongerOpen(let id, let day): .noLongerOpen(id: short(id), day: day)
        case .conditionsMissing(let id, let conditions): .conditionsMissing(id: short(id), conditions)
        case .consentKeepsNothing: .consentKeepsNothing
        case .loweringConsent(let id): .loweringConsent(id: short(id))
        case .notYoursToErase(let id, let person):
            .notYoursToErase(id: short(id), recordedBy: name(person))
        case .alreadyErased(let id, let successor): .alreadyErased(id: short(id), successor: successor.map(short))
        case .wordsNotYours(let id, let person):
            .wordsNotYours(id: short(id), heardBy: name(person), console.settings.words)
        case .notAllowed("not-owner"): .notOwner
        case .coordinatorsOnly: .coordinatorsOnly
        case .consentLacking(let id, let given): .consentLacking(id: short(id), given: given.map { Localized($0.words) })
        case .consentTextExists(let version, let language): .consentTextExists(version: version, language: language)
        case .notAllowed(let rule): .notAllowedByRule(rule)
        case .notJoinable(let one, let other): .notJoinable(short(one), short(other))
        case .tooLong(let field, let limit): .textTooLong(field: .field(field, of: collectionName), limit: limit)
        case .nothingToChange: .nothingToChange
        case .unknownVersion(let version): .unknownVersion(version)
        case .notYourChange(let id, let person): .notYourChange(id: short(id), by: person.map { name($0) })
        case .unknownChange(let typed): .unknownChange(typed)
        case .cannotUndoRecording(let id): .cannotUndoRecording(id: short(id))
        case .nothingToUndo(let id, let kept): .nothingToUndo(id: short(id), kept: kept.map { text($0) })
        case .empty("theme"): .themeNameEmpty
        case .empty(let field): .fieldEmpty(.field(field, of: collectionName))
        case .nothingToSearch: .nothingToSearch
        default: .unexpected(String(describing: error))
        }
    }

    private func storeFailure(_ error: ReplicaError, _ directory: String) -> CommandFailure {
        switch error {
        case .storeNotFound: .storeNotFound(directory)
        case .locked: .storeLocked(directory)
        case .wrongPassphrase: .wrongPassphrase
        case .keyringUnavailable(let code): .keyringUnavailable(errno: code)
        case .alreadyJoined(_, let space): .alreadyJoined(space: space, store: directory)
        case .busy(let pid, let command):
            .storeBusy(pid: pid == 0 ? nil : pid, command: command.isEmpty ? nil : command)
        case .newerVersion: .storeTooNew(directory)
        case .damaged(let what): .storeDamaged(directory, what: what)
        case .diskFull: .diskFull(directory)
        case .outOfMemory: .outOfMemory
        case .disk(let what): .diskFailed(directory, what: what)
        case .directoryUnusable(let path, let code): .fileUnusable(path, errno: code)
        default: .unexpected(String(describing: error))
        }
    }

    // MARK: The daemon

    /// What the daemon refused, by the name that the protocol gives it.
    private func refusal(_ name: String, _ detail: String) -> CommandFailure {
        switch name {
        case "device-unknown" where isWithLaptop: .unknownToLaptop
        case "device-revoked" where isWithLaptop: .revokedToLaptop
        case "stopping" where isWithLaptop, "internal" where isWithLaptop: .laptopNotReady(reason: name)
        case "invitation-unknown": .invitationUnknown
        case "invitation-used": .invitationUsed
        case "invitation-expired": .invitationExpired
        case "rate-limited": .tooManyAttempts
        case "device-unknown": .deviceUnknown
        case "device-known": .deviceKnown
        case "device-revoked": .deviceRevoked(handedIn: 0, notTaken: [])
        case "stopping", "internal": .daemonNotReady(reason: name)
        case "log-not-readable": .logNotReadable(detail)
        default: .syncRefused(reason: detail.isEmpty ? name : "\(name) (\(detail))")
        }
    }

    private func transportFailure(_ cause: any Error, _ directory: String) -> CommandFailure {
        let cause = (cause as? TransportFailure)?.cause ?? cause
        let (address, unsynced) = daemon(directory)
        guard let error = cause as? TransportError else {
            return (cause as? AddressError).map { _ in .notAnAddress(address) } ?? .unexpected("\(cause)")
        }
        let isJoining = verb == .own(.join)
        switch error {
        case .unreachable where isWithLaptop, .timedOut where isWithLaptop: return .laptopUnreachable(address: address)
        case .keyMismatch where isWithLaptop: return .laptopKeyMismatch(address: address, key: typedKey ?? "")
        case .refusedByServer where isWithLaptop: return .unknownToLaptop
        case .unreachable where isJoining: return .joinUnreachable(address: address)
        case .timedOut where isJoining, .interrupted where isJoining: return .joinInterrupted(address: address)
        case .unreachable, .timedOut: return .daemonUnreachable(address: address, unsynced: unsynced)
        case .interrupted: return .connectionLost(address: address)
        case .keyMismatch: return .daemonKeyMismatch(address: address)
        case .refusedByServer: return .deviceUnknown
        case .tooLarge, .protocolViolation, .invalidRequest: return .answerNotUnderstood(reason: "\(error)")
        }
    }

    /// Whom this store calls, and what waits in it to be synced; while joining there is no store to ask.
    private func daemon(_ directory: String) -> (address: String, unsynced: Int?) {
        // Nobody is asked for anything again.
        let passphrase = arguments.text(.passphraseFile) == "-" ? nil : try? passphraseFromFile()
        guard verb != .own(.join),
            let replica = try? Replica(
                directory: directory, holder: "stoep", waitMilliseconds: 0, passphrase: passphrase),
            let status = try? replica.status()
        else { return (typedAddress ?? invitedAddress ?? "?", nil) }
        return (typedAddress ?? status.address, status.unsynced)
    }

    private var invitedAddress: String? {
        guard verb == .own(.join) else { return nil }
        return Replica.address(inInvitation: arguments.one(.invitation))
    }
}
