import StoepMerge
import StoepModel
import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// A laptop on a disk that fails, a daemon and a colleague on one that does not, and what the laptop said was done.
final class FailingLaptop {
    let space: TestSpace
    let disk: SimulatedDisk
    let colleague: Store
    private(set) var store: Store?
    /// What each conversation may say; nil among it: it may be gone, or not here yet.
    private(set) var expected: [RecordID: Set<String?>] = [:]
    /// Words that are being recorded: all of a group are found, or none.
    private var arriving: [[String]] = []
    /// What was said to be erased.
    private(set) var erased: Set<String> = []
    private var number = 0
    /// What a deed is about, once it was prepared; and the words that the next sync destroys.
    var subject: RecordID?
    var doomed: String?
    /// Drafts, and whether they were said to be kept: then each is found, as a draft or as a conversation.
    var drafted: [String: Bool] = [:]

    private static let directory = "/data/laptop"
    let street = LogID.street("north")

    private let ballastBytes: Int

    init(seed: UInt64, ballastBytes: Int = 0) throws {
        self.ballastBytes = ballastBytes
        space = try TestSpace(seed: seed)
        disk = SimulatedDisk(name: "laptop", random: SeededRandom(seed: seed ^ 0xd15c))
        colleague = try space.laptop("Bram")
        let random = space.random
        let keys = try DeviceKeys(random: { random.bytes($0) })
        let store = try Store.create(configuration, space.environment, space: space.id, keys: keys, isHub: false)
        self.store = store
        let member = try space.member("Anna", .volunteer)
        try space.enrol(keys, of: member)
        try space.grant(member, "north")
        try space.settle([store, colleague])
    }

    deinit {
        store?.close()
        disk.retire()
    }

    /// The one place that says how the store stands on its disk, and with which key.
    private var configuration: Store.Configuration {
        var configuration = TestSpace.configuration(Self.directory)
        configuration.disk = disk
        configuration.ballastBytes = ballastBytes
        configuration.protection = .besideTheStore
        return configuration
    }

    static let databasePath = directory + "/stoep.db"
    static let logPath = databasePath + "-wal"
    var bundlePath: String { space.scratch.path + "/stick.stoep" }

    /// - Parameter mendsPages: turns back bits that fell over, as doctor does that is to make things anew.
    func open(mendsPages: Bool = false) throws {
        var configuration = configuration
        configuration.mendsPages = mendsPages
        store = try Store.open(configuration, space.environment)
    }

    func close() {
        store?.close()
        store = nil
    }

    /// Starts the machine anew.
    /// - Parameter isKilled: only the process ended; what it wrote stays.
    func restart(isKilled: Bool = false) {
        close()
        disk.restart(keepingUnsynced: isKilled)
    }

    /// The store, where a deed needs it.
    var opened: Store {
        get throws {
            if store == nil { try open() }
            guard let store else { throw StoreError.notFound(directory: Self.directory) }
            return store
        }
    }

    // MARK: What is said

    /// Words that no other conversation has.
    func words() -> String {
        number += 1
        return "gesprek-\(number), \(space.random.text(words: 3 + number % 40))"
    }

    /// Runs what records these words, in one transaction.
    func recording(_ words: [String], _ save: () throws -> [RecordID]) throws {
        arriving.append(words)
        let ids = try save()
        arriving.removeLast()
        for (id, words) in zip(ids, words) { expected[id] = [words] }
    }

    /// Runs what makes a conversation say something else; nil ends it.
    func changing(_ id: RecordID, to words: String?, _ change: () throws -> Void) throws {
        expected[id, default: []].insert(words)
        try change()
        expected[id] = [words]
    }

    /// What the colleague recorded, or erased, and is to arrive.
    func awaiting(_ id: RecordID, _ words: String?) { expected[id, default: [nil]].insert(words) }

    func arrived() {
        // What comes last is what it is.
        for (id, words) in awaited { expected[id] = [words] }
        awaited = [:]
    }

    var awaited: [RecordID: String?] = [:] {
        didSet { for (id, words) in awaited { awaiting(id, words) } }
    }

    func isErased(_ words: String) { erased.insert(words) }

    /// A conversation of the laptop's own that stands, and what it says.
    func some() throws -> (id: RecordID, words: String) {
        let known = expected.filter { $0.value.count == 1 && !theirs.contains($0.key) }
            .compactMap { id, words in (words.first ?? nil).map { (id: id, words: $0) } }
            .sorted { $0.id < $1.id }
        if known.count > 2 { return space.random.pick(known) }
        let words = words()
        try recording([words]) { try opened.save([.conversation(words)]) }
        return try some()
    }

    /// Those that the colleague recorded.
    var theirs: Set<RecordID> = []

    // MARK: Checks

    /// What is wrong with the store as it opens again: something lost that was acknowledged, something half done, or
    /// anything that doctor finds.
    /// - Parameter isDurable: what is found now stands on the platter.
    func complaints(isDurable: Bool = true) throws -> [String] {
        let store = try opened
        try store.purgeIfDue()
        var complaints = try store.checkup().findings.map { "\($0)" }
        if let alert = try store.read({ try store.alert() }) { complaints.append("a new actor: \(alert)") }
        let found = try shown(store)
        for (id, allowed) in expected where !allowed.contains(found[id]) {
            complaints.append("\(id) says \(found[id] ?? "nothing"), and not \(allowed)")
        }
        var strangers = Dictionary(
            found.filter { expected[$0.key] == nil }.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first }
        )
        for group in arriving {
            let there = group.filter { strangers[$0] != nil }
            if !there.isEmpty, there.count < group.count {
                complaints.append("\(there.count) of \(group.count) recorded")
            }
            for words in there {
                guard let id = strangers.removeValue(forKey: words) else { continue }
                expected[id] = isDurable ? [words] : [words, nil]
            }
        }
        arriving = []
        if Set(found.values).count < found.count { complaints.append("something is there twice") }
        let waiting = Set(try store.drafts().map { String(decoding: try store.draft($0), as: UTF8.self) })
        for (words, isKept) in drafted {
            if let id = strangers.removeValue(forKey: words) { expected[id] = isDurable ? [words] : [words, nil] }
            if isKept, !waiting.contains(words), !found.values.contains(words) {
                complaints.append("a draft: \(words)")
            }
            // Once it is a conversation it may be changed and deleted as one, though its file is still there.
            if isDurable, !waiting.contains(words) || found.values.contains(words) { drafted[words] = nil }
        }
        if !strangers.isEmpty { complaints.append("nobody said: \(strangers.keys.sorted())") }
        if isDurable {
            for id in expected.keys { expected[id] = [found[id]] }
            // What is on its way may come with any sync, also with one that is cut off.
            for (id, words) in awaited { awaiting(id, words) }
        }
        for words in erased where disk.contains(Array(words.utf8)) {
            complaints.append("erased, and on the disk: \(words)")
        }
        return complaints
    }

    /// What is shown of each conversation.
    func shown(_ store: Store) throws -> [RecordID: String] {
        try store.read {
            let all = try store.conversations()
            return Dictionary(
                try all.map { ($0, try store.stored($0).text(Field.Conversation.words)) }, uniquingKeysWith: { $1 })
        }
    }
}
