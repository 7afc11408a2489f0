// A client in one file: it joins a space, records a conversation without a network, sees it come, and syncs.
//
//   example-client DIRECTORY < invitation     the first time
//   example-client DIRECTORY WORDS [AREA]     from then on; the area of the last time unless given
import StoepClient
import StoepCore
import StoepModel

/// What a screen shows: the latest conversations, and again whenever they change, whoever changed them.
func show(_ replica: Replica) throws {
    for talk in try replica.conversations(limit: 5) {
        print("  \(talk.id) \(talk.area?.name ?? "somewhere"), \(talk.by.name ?? "somebody"): \(talk.words)")
    }
}

/// Joins with the invitation on standard input; the keys are made here and never leave.
func join(_ directory: String, _ client: DaemonClient) throws -> Replica {
    guard let invitation = readLine() else { throw ExampleError.noInvitation }
    // Nil keeps the key in a file beside the store: an app gives what its key chain protects.
    let (replica, report) = try Replica.join(
        invitation, directory: directory, holder: "example-client", passphrase: nil, through: client.transport)
    print("joined \(report.spaceName ?? "a space") as \(report.member.name ?? "somebody")")
    return replica
}

/// Records, as in the street: durable on return, and without a network.
func record(_ words: String, in area: String?, _ replica: Replica) throws {
    var draft = ConversationDraft()
    draft.area = area
    draft.words = words
    draft.consent = .anonymous
    _ = try replica.record(draft)
}

enum ExampleError: Error { case noInvitation }

/// One isolation owns the replica: here that of the program; in an app an actor.
func run(_ directory: String, _ words: String?, _ area: String?) async throws {
    let client = DaemonClient()
    let replica = try words == nil
        ? join(directory, client) : Replica(directory: directory, holder: "example-client")
    defer { replica.close() }
    guard let words else { return }

    var changes = try replica.changes().makeAsyncIterator()
    try record(words, in: area, replica)
    if case .records(let records)? = try await changes.next() { print("\(records.count) new here") }

    do throws(ReplicaError) {
        let report = try replica.sync(through: client.transport)
        print("synced: \(report.sent) sent, \(report.received) received, \(report.unsynced) left")
    } catch .transport {
        print("no network: it stays here, and goes with the next sync")
    }
    try show(replica)
}

let arguments = Array(CommandLine.arguments.dropFirst())
if let directory = arguments.first {
    try await run(directory, arguments.dropFirst().first, arguments.dropFirst(2).first)
} else {
    print("usage: example-client DIRECTORY [WORDS [AREA]]")
}
