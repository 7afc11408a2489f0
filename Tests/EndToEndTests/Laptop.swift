import Foundation
import Testing

/// A laptop with its store, on which somebody types commands.
struct Laptop {
    let space: Space
    let store: String

    func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) async throws -> Answer {
        try await space.run("stoep", commandLine(arguments), input: input, environment: environment)
    }

    /// The same with a clock that is so much ahead of the machine's, or behind it.
    func run(laterBySeconds seconds: Int, _ arguments: String..., json: Bool = true) async throws -> Answer {
        let command = try FakeTime.command(RunningProgram.path("stoep"), laterBySeconds: seconds)
        let all = command.dropFirst() + ["--store", store] + (json ? ["--json"] : []) + arguments
        let running = try space.start(command[0], Array(all))
        defer { FakeTime.clean(after: running.pid) }
        return Answer(code: try await running.end(), of: running, Array(all))
    }

    func start(_ arguments: String..., input: String = "") throws -> RunningProgram {
        try space.start("stoep", commandLine(arguments), input: input)
    }

    private func commandLine(_ arguments: [String]) -> [String] {
        ["--store", store, "--json"] + arguments
    }

    // What tests do often.

    /// Records a conversation in Oude Noorden; its id.
    func hears(_ words: String, observation: String = "", place: String = "Noordplein") async throws -> String {
        let answer = try await run(
            "talk", "new", "--area", Space.oudeNoorden, "--words", words, "--observation", observation,
            "--place", place)
        return try #require(try answer.done()["id"].string)
    }

    @discardableResult
    func sync(sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSON {
        try await run("sync").done(sourceLocation: sourceLocation)
    }

    func status() async throws -> JSON {
        try await run("status").done()
    }

    func conversations() async throws -> [JSON] {
        try await run("talk", "list").done()["conversations"].array
    }

    /// The words of all conversations, sorted: what must be neither lost nor doubled.
    func words() async throws -> [String] {
        try await conversations().compactMap(\.["words"].string).sorted()
    }

    func show(_ id: String) async throws -> JSON {
        try await run("talk", "show", id).done()
    }

    /// The values of a field that several people gave: the one that is shown first.
    func values(_ id: String, _ field: String) async throws -> [String] {
        let field = try await show(id)["fields"][field]
        return ([field["value"]] + field["others"].array.map { $0["value"] }).compactMap(\.string)
    }
}

/// That the daemon and these laptops hold the same state of every log that they may read, and that nothing waits.
func expectSame(
    _ space: Space, _ laptops: Laptop..., conflicts: Int = 0, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let daemon = try await space.stoepd("status").done(sourceLocation: sourceLocation)
    let expected = daemon["stateHash"].members
    #expect(expected[Space.street] != nil, sourceLocation: sourceLocation)
    for laptop in laptops {
        let status = try await laptop.status()
        #expect(status["stateHash"].members == expected, "\(laptop.store)", sourceLocation: sourceLocation)
        for waiting in ["unsynced", "pending", "wanted", "quarantined"] {
            #expect(status[waiting].number == 0, "\(laptop.store): \(waiting)", sourceLocation: sourceLocation)
        }
        #expect(status["conflicts"].number == conflicts, "\(laptop.store)", sourceLocation: sourceLocation)
    }
}
