import Glibc
import StoepCommand
import StoepModel
import StoepServer
import StoepTransport

/// The commands of the coordinator: arguments in, text or JSON out.
struct DaemonCommand {
    let arguments: ParsedArguments
    let console: Console

    var data: DataDirectory { DataDirectory(arguments.required(.data)) }

    func telling<T>(
        about file: String? = nil, _ body: () throws(DaemonError) -> T
    ) throws(CommandFailure) -> T {
        do {
            return try body()
        } catch {
            throw CommandFailure(error, data: data.path, file: file)
        }
    }

    func ask(_ request: AdminRequest, about file: String? = nil) throws(CommandFailure) -> AdminResponse {
        try telling(about: file) { () throws(DaemonError) in try AdminClient(data).perform(request) }
    }

    // MARK: init, serve

    func initialise() throws(CommandFailure) {
        let typed = arguments.required(.publicAddress)
        guard let address = try? NetworkAddress(typed), address.port != 0 else { throw .notAnAddress(typed) }
        let name = arguments.required(.spaceName)
        let initialisation = Initialisation(
            data: data, name: name, address: address, rootKeyPath: arguments.text(.rootKey),
            keyFilePath: arguments.text(.keyFile).map(Self.absolute))
        let made = try telling { () throws(DaemonError) in try initialisation.run() }
        console.answer([
            "space": .string(made.space.description), "data": .string(data.path),
            "rootKeyFile": .string(made.rootKeyPath), "address": .string(address.description),
        ]) {
            console.say(.initialised(space: name, data: data.path))
            console.say(.initialisedRootKey(path: made.rootKeyPath), style: .strong)
            console.say(.initialisedNext(data: data.path))
        }
    }

    /// The store remembers the path, and other commands run in other directories.
    static func absolute(_ path: String) -> String {
        guard path.utf8.first != UInt8(ascii: "/"), let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return "\(String(cString: current))/\(path)"
    }

    func serve() async throws {
        let typed = arguments.text(.listen) ?? "127.0.0.1"
        guard let address = try? NetworkAddress(typed, defaultPort: NetworkAddress.defaultPort) else {
            throw CommandFailure.notAnAddress(typed)
        }
        let signals = StopSignals()
        let daemon: Daemon
        do {
            daemon = try await Daemon.start(Daemon.Configuration(data: data, listen: address))
        } catch {
            throw CommandFailure(error, data: data.path)
        }
        console.answer([
            "listening": .string(daemon.address.description), "space": .string(daemon.space.description),
        ]) {
            console.print(console.text(.serveListening(address: daemon.address.description)))
        }
        ServiceManager.notify("READY=1")
        await signals.wait()
        ServiceManager.notify("STOPPING=1")
        do {
            try await daemon.stop()
        } catch {
            throw CommandFailure(error, data: data.path)
        }
    }

    // MARK: invite

    func invite() throws(CommandFailure) {
        guard let role = Role(named: arguments.required(.role)) else {
            throw .unknownRole(arguments.required(.role))
        }
        let name = arguments.required(.memberName)
        let hours = arguments.number(.validHours) ?? 24
        let order = InvitationOrder(
            name: name, role: role, areas: arguments.texts(.grantedArea),
            validMilliseconds: UInt64(hours) * 60 * 60 * 1000)
        guard case .invited(let invited) = try ask(.invite(order)) else { throw .daemonOfAnotherVersion }
        console.answer([
            "invitation": .string(invited.text), "name": .string(name), "role": .string(role.name),
            "partitions": .strings(invited.partitions), "expires": .number(invited.expires.milliseconds),
        ]) {
            console.print(invited.text)
            console.tell(.inviteHandOver(name: name, role: .role(role.name), hours: hours))
        }
    }

    // MARK: status, area import

    func status() throws(CommandFailure) {
        guard case .status(let status) = try ask(.status) else { throw .daemonOfAnotherVersion }
        console.answer(json(status)) {
            console.print(
                Table(
                    pairs: [
                        (.labelSpace, "\(status.name) (\(status.space))"),
                        (.labelMembers, "\(status.members)"), (.labelDevices, "\(status.devices)"),
                        (.labelConflicts, "\(status.conflicts)"), (.labelPending, "\(status.pending)"),
                        (.labelWanted, "\(status.wanted)"), (.labelQuarantined, "\(status.quarantined)"),
                        (.labelRevoked, "\(status.revoked)"), (.labelKeptAside, "\(status.keptAside)"),
                        (.labelForks, "\(status.forks)"),
                    ], language: console.language))
            var table = Table([
                .init(.labelLog, shrinks: true), .init(.labelRecords, .trailing), .init(.labelFrontier),
                .init(.labelStateHash, shrinks: true),
            ])
            for log in status.logs {
                let changes = log.heads.reduce(0) { $0 + Int(clamping: $1.seq) }
                let actors = Set(log.heads.map(\.actor)).count
                table.add([
                    log.log.description, "\(log.records)",
                    console.text(.statusFrontier(changes: changes, actors: actors)), Hex.encode(log.stateHash.bytes),
                ])
            }
            console.print(table)
        }
    }

    private func json(_ status: DaemonStatus) -> JSON {
        let frontier = status.logs.map { log in
            JSON.Member(
                log.log.description,
                .array(
                    log.heads.map {
                        [
                            "actor": .string($0.actor.description), "seq": .number($0.seq),
                            "hash": .string($0.hash.description),
                        ]
                    }))
        }
        let hashes = status.logs.map { JSON.Member($0.log.description, .string(Hex.encode($0.stateHash.bytes))) }
        return [
            "space": .string(status.space.description), "spaceName": .string(status.name),
            "actor": .string(status.actor.description), "frontier": .object(frontier), "stateHash": .object(hashes),
            "conflicts": .number(status.conflicts), "pending": .number(status.pending),
            "wanted": .number(status.wanted), "quarantined": .number(status.quarantined),
            "members": .number(status.members), "devices": .number(status.devices),
            "revoked": .number(status.revoked), "keptAside": .number(status.keptAside),
            "forks": .number(status.forks),
        ]
    }

    func importAreas() throws(CommandFailure) {
        let path = arguments.one(.areaFile)
        let areas = try telling { () throws(DaemonError) in try AreaFile.read(path) }
        guard case .imported(let fresh, let unchanged) = try ask(.importAreas(areas)) else {
            throw .daemonOfAnotherVersion
        }
        console.answer(["imported": .number(fresh), "unchanged": .number(unchanged)]) {
            console.say(.areasImported(fresh, unchanged: unchanged))
        }
    }
}

extension Console {
    /// A sentence beside an answer that others may read from standard output: on standard error.
    fileprivate func tell(_ message: Localized) {
        guard !settings.quiet, !settings.json else { return }
        errors.write(text(message).displayable + "\n")
    }
}

extension CommandFailure {
    /// - Parameter file: what the command was about, beside the data directory.
    init(_ error: DaemonError, data: String, file: String? = nil) {
        self =
            switch error {
            case .notADataDirectory(let path): .notADataDirectory(path)
            case .alreadyInitialised(let path): .alreadyInitialised(path)
            case .directoryNotEmpty(let path): .dataDirectoryNotEmpty(path)
            case .rootKeyFileExists(let path): .rootKeyFileExists(path)
            case .notARootKey(let path): .notARootKey(path)
            case .rootKeyOfAnotherSpace(let path): .rootKeyOfAnotherSpace(path)
            case .tooManyDaemons(let limit): .tooManyDaemons(limit: limit)
            case .running(let data, let processID): .daemonRunning(data: data, pid: processID)
            case .file(let path, let code): .fileUnusable(path, errno: code)
            case .storeBusy(let processID, let name): .storeBusy(pid: processID, command: name)
            case .storeTooNew: .storeTooNew(data)
            case .storeDamaged(let what): .storeDamaged(data, what: what)
            case .diskFull: .diskFull(data)
            case .outOfMemory: .outOfMemory
            case .diskFailed: .diskError(data, errno: EIO)
            case .backupDamaged(let what): .backupDamaged(file ?? data, what: what)
            case .backupTooNew: .backupTooNew(file ?? data)
            case .backupNotOpened: .backupNotOpened(file ?? data)
            case .backupOfLaptop: .backupOfOtherProgram(file ?? data, program: "stoep")
            case .notAKeyFile(let path): .notAKeyFile(path)
            case .cannotListen(let address, let code):
                code == EADDRINUSE ? .addressInUse(address) : .cannotListen(address, errno: code)
            case .unknownHost(let address): .notAnAddress(address)
            case .refused(let objection): CommandFailure(objection, file: file)
            case .unexpected(let what): .unexpected(what)
            }
    }

    private init(_ objection: Objection, file: String?) {
        let first = objection.arguments.first ?? ""
        let rest = Array(objection.arguments.dropFirst())
        self =
            switch objection.name {
            case .areaMissing: .optionMissing("area", command: "stoepd invite --role volunteer")
            case .areaNotForRole: .areaNotForRole(first)
            case .unknownArea: .unknownGrant(first, suggestions: rest)
            case .partitionNameUnusable: .partitionNameUnusable(first)
            case .nameUnusable: .nameUnusable(first)
            case .roleNotInvited: .unknownRole(first)
            case .areaRow: .areaRow(first, what: rest.first ?? "")
            case .areaFile: .areaFileNotUnderstood
            case .tooManyAreas: .tooManyAreas(limit: first)
            case .unknownRecord: .nothingToErase(first)
            case .ambiguousRecord: .ambiguousID(first, candidates: rest)
            case .notErasable: .notErasable(first)
            case .inRecovery: .inRecovery
            case .notInRecovery: .notInRecovery
            case .unknownMember: .unknownMember(first)
            case .ambiguousMember: .ambiguousMember(first, candidates: rest)
            case .unknownTheme: .unknownTheme(first)
            case .ambiguousTheme: .ambiguousTheme(first, candidates: rest)
            case .unknownLaptop: .unknownLaptop(first, candidates: rest)
            case .nothingKeptAside: .nothingKeptAside(first)
            case .ambiguousActor: .ambiguousActor(first, candidates: rest)
            case .notReleasable: .notReleasable(first)
            case .releaseTooShort: .releaseTooShort(first)
            case .bundleDamaged: .bundleDamaged(file ?? "", what: first)
            case .bundleVersion: .bundleVersion(file ?? "")
            case .bundleOfAnotherSpace: .bundleOfAnotherSpace(file ?? "")
            case .bundleNothingForYou: .bundleNothingForYou(file ?? "")
            case .fileInTheWay: .fileInTheWay(first)
            case .fileUnusable: .fileUnusable(first, errno: Int32(objection.arguments.last ?? "") ?? EIO)
            case .unknownCommand: .daemonOfAnotherVersion
            case .daemonFailed: .daemonFailed
            }
    }
}
