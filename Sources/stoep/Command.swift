import StoepCommand
import StoepCore
import StoepModel
import StoepTransport

/// One command of one run: asks the replica, and says what came of it. What can go wrong is named by the replica and
/// put into words in `Command+Failures.swift`.
struct Command {
    let verb: StoepVerb
    let arguments: ParsedArguments
    let console: Console

    func run() throws -> ExitCode {
        if case .desk(let desk) = verb, desk.isAboutTheProgram { return try runAboutTheProgram(desk) }
        let directory = try storeDirectory()
        // Everything else is done on the one thread of this program.
        if verb == .own(.share) { return try runBlocking { try await share(directory) } }
        do {
            return try run(directory)
        } catch let error as ReplicaError {
            throw failure(error, directory)
        }
    }

    private func run(_ directory: String) throws -> ExitCode {
        if verb == .own(.join) { return try join(directory) }
        if verb == .own(.restore) { return try restore(directory) }
        // Only to show; it waits for nobody.
        let wait = verb == .own(.status) ? 0 : 5000
        let mendsPages = verb == .own(.doctor) && arguments.flag(.rebuild)
        switch verb {
        case .own(.unlock): return try unlock(directory)
        case .own(.lock): return try lock(directory)
        case .own(.passphrase): return try changePassphrase(directory)
        default: break
        }
        let replica = try openReplica(
            directory, holder: "stoep \(verb.spec.name)", waitMilliseconds: wait, mendsPages: mendsPages)
        // What was asked for is done by then, and said. Doctor leaves everything as it found it.
        defer { if verb != .own(.doctor) { replica.tidyUp() } }
        let command = inTheWords(of: replica)
        do {
            return try command.run(replica)
        } catch let error as ReplicaError {
            throw command.failure(error, directory)
        }
    }

    /// This command, with a resident called as the space says.
    private func inTheWords(of replica: Replica) -> Command {
        guard let said = try? replica.wordsForResident() else { return self }
        var console = console
        console.settings.words = ResidentWords(one: said.one, many: said.many)
        return Command(verb: verb, arguments: arguments, console: console)
    }

    private func run(_ replica: Replica) throws -> ExitCode {
        switch verb {
        case .own(let verb): return try run(verb, replica)
        case .square(let verb): return try run(verb, replica)
        case .desk(let verb): return try run(verb, replica)
        case .record(let noun, let action): return try run(noun, action, replica)
        }
    }

    private func run(_ verb: OwnVerb, _ replica: Replica) throws -> ExitCode {
        switch verb {
        case .unlock, .lock, .passphrase: preconditionFailure("done without the store open")
        case .join, .restore: preconditionFailure("there is no store yet")
        case .talkNew: return try talkNew(replica)
        case .talkList: return try talkList(replica)
        case .talkShow: return try talkShow(replica)
        case .talkEdit: return try talkEdit(replica)
        case .talkHistory: return try history(of: record(.conversation, replica), definition(.conversation), replica)
        case .talkUndo: return try undo(record(.conversation, replica), replica)
        case .talkReply: return try talkReply(replica)
        case .talkDelete: return try delete(record(.conversation, replica), replica)
        case .tallyAdd: return try tallyAdd(replica)
        case .tallyList: return try tallyList(replica)
        case .signal: return try signal(replica)
        case .signalList: return try signalList(replica)
        case .signalAnswer: return try signalAnswer(replica)
        case .personContact: return try personContact(replica)
        case .personExport: return try personExport(replica)
        case .consentAdd: return try consentAdd(replica)
        case .consentList: return try consentList(replica)
        case .near: return try near(replica)
        case .due: return try due(replica)
        case .erase: return try erase(replica)
        case .redact: return try redact(replica)
        case .themeNew: return try themeNew(replica)
        case .themeList: return try themeList(replica)
        case .themeOwn: return try themeOwn(replica)
        case .themeSplit: return try themeSplit(replica)
        case .themeMerge: return try themeMerge(replica)
        case .areaList: return try areaList(replica)
        case .areaFind: return try areaFind(replica)
        case .sync: return try sync(replica)
        case .share: preconditionFailure("sharing goes on until it is stopped")
        case .bundleExport: return try bundleExport(replica)
        case .bundleImport: return try bundleImport(replica)
        case .bundleInspect: return try bundleInspect(replica)
        case .bundleFrontier: return try bundleFrontier(replica)
        case .status: return try status(replica)
        case .conflicts: return try conflicts(replica)
        case .resolve: return try resolve(replica)
        case .search: return try search(replica)
        case .doctor: return try doctor(replica)
        case .backup: return try backup(replica)
        }
    }

    func definition(_ collection: CollectionNumber) -> CollectionDefinition {
        guard let definition = Schema.current[collection] else { preconditionFailure("\(collection) is in the schema") }
        return definition
    }

    /// `--store`, `STOEP_STORE`, or where such data stands on this machine (XDG).
    private func storeDirectory() throws(CommandFailure) -> String {
        if let named = arguments.text(.store) { return named }
        let environment = StoepCommand.Environment.process
        // XDG: a path that is not absolute is to be ignored.
        if let data = environment.nonEmpty("XDG_DATA_HOME"), data.utf8.first == UInt8(ascii: "/") {
            return data + "/stoep"
        }
        guard let home = environment.nonEmpty("HOME") else { throw .storeNotNamed }
        return home + "/.local/share/stoep"
    }

    // MARK: Saying things

    /// A person's name; somebody whom the roster does not name is said to be so.
    func name(_ person: Person) -> String {
        person.name ?? console.text(person.id == nil ? .theDaemon : .somebody)
    }

    /// The beginning of an id, where it need not be told from all others (`Replica.shortID`).
    func short(_ id: RecordID) -> String { String(id.description.prefix(8)) }

    func ago(_ time: Timestamp) -> Localized {
        Moment.relative(Int64(clamping: time.milliseconds), now: Moment.now())
    }

    func json(_ person: Person) -> JSON { .optional(person.name) }
}
