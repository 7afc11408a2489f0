import Foundation
import Testing

/// One space on this machine: a daemon and the laptops that joined it, with everything in a directory of its own
/// that goes when the test does.
final class Space {
    static let oudeNoorden = "BU05990535"
    static let agniesebuurt = "BU05990515"
    static let street = "street/\(oudeNoorden)"

    let folder: String
    /// Where the daemon listens: a port that was free a moment ago, because it stands in every invitation.
    let address: String
    private(set) var daemon: RunningProgram?

    init() async throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("stoep-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/scratch", withIntermediateDirectories: true)
        address = "127.0.0.1:\(try Self.freePort())"
        try await stoepd("init", "--name", "Gezond Noord", "--address", address).done()
        let areas = """
            code,name,longitude,latitude
            \(Self.oudeNoorden),Oude Noorden,4.48222,51.93473
            \(Self.agniesebuurt),Agniesebuurt,4.47606,51.92928

            """
        try areas.write(toFile: folder + "/areas.csv", atomically: false, encoding: .utf8)
        try await stoepd("area", "import", folder + "/areas.csv").done()
    }

    deinit {
        if let daemon {
            daemon.kill()
            FakeTime.clean(after: daemon.pid)
        }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A space that answers already.
    static func serving() async throws -> Space {
        let space = try await Space()
        try await space.serve()
        return space
    }

    var data: String { folder + "/daemon" }

    func stoepd(_ arguments: String...) async throws -> Answer {
        try await run("stoepd", ["--data", data, "--json"] + arguments)
    }

    func run(
        _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) async throws -> Answer {
        let running = try start(program, arguments, input: input, environment: environment)
        return Answer(code: try await running.end(), of: running, arguments)
    }

    func start(
        _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
    ) throws -> RunningProgram {
        try RunningProgram(
            program, arguments, input: input, scratch: folder + "/scratch", environment: environment)
    }

    // The daemon.

    /// Starts the daemon and waits until it listens.
    /// - Parameters:
    ///   - data: another directory than the space's own.
    ///   - laterBySeconds: by how much its clock is ahead.
    func serve(data: String? = nil, laterBySeconds: Int? = nil) async throws {
        let path = RunningProgram.path("stoepd")
        let command = try laterBySeconds.map { try FakeTime.command(path, laterBySeconds: $0) } ?? [path]
        let arguments = ["--data", data ?? self.data, "--json", "serve", "--listen", address]
        let daemon = try start(command[0], command.dropFirst() + arguments)
        self.daemon = daemon
        let deadline = ContinuousClock.now + .seconds(60)
        while !daemon.output.contains("\"listening\"") {
            guard daemon.isRunning, ContinuousClock.now < deadline else {
                throw Failure("the daemon did not start: \(daemon.output)\(daemon.error)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Asks the daemon to stop, as an administrator does.
    func stop() async throws {
        daemon?.send(SIGTERM)
        let code = try await daemon?.end()
        #expect(code == 0, "the daemon stops cleanly: \(daemon?.error ?? "")")
        if let daemon { FakeTime.clean(after: daemon.pid) }
        daemon = nil
    }

    func killDaemon() {
        daemon?.kill()
        daemon = nil
    }

    // Laptops.

    func invite(_ role: String = "volunteer", _ name: String, areas: [String] = []) async throws -> String {
        let grants = areas.flatMap { ["--area", $0] }
        let answer = try await run(
            "stoepd", ["--data", data, "--json", "invite", "--role", role, "--name", name] + grants)
        return try #require(try answer.done()["invitation"].string)
    }

    func laptop(_ name: String) -> Laptop {
        Laptop(space: self, store: "\(folder)/\(name)")
    }

    /// A volunteer of Oude Noorden.
    func volunteer(_ name: String) async throws -> Laptop {
        let laptop = laptop(name)
        let invitation = try await invite("volunteer", name, areas: [Self.oudeNoorden])
        try await laptop.run("join", "-", input: invitation).done()
        return laptop
    }

    func owner(_ name: String) async throws -> Laptop {
        let laptop = laptop(name)
        let invitation = try await invite("owner", name)
        try await laptop.run("join", "-", input: invitation).done()
        return laptop
    }

    func coordinator(_ name: String) async throws -> Laptop {
        let laptop = laptop(name)
        let invitation = try await invite("coordinator", name)
        try await laptop.run("join", "-", input: invitation).done()
        return laptop
    }

    private static func freePort() throws -> UInt16 {
        let socket = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure("no socket") }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 ? getsockname(socket, address, &length) : -1
            }
        }
        guard result == 0 else { throw Failure("no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// What a program answered, and with which exit status.
struct Answer {
    let code: Int32
    let output: String
    let error: String
    private let commandLine: String

    init(code: Int32, of program: RunningProgram, _ arguments: [String]) {
        self.code = code
        output = program.output
        error = program.error
        commandLine = arguments.joined(separator: " ")
    }

    var json: JSON {
        (try? JSONDecoder().decode(JSON.self, from: Data(output.utf8))) ?? .null
    }

    /// That it was done.
    @discardableResult
    func done(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSON {
        try #require(code == 0, "\(commandLine): \(output)\(error)", sourceLocation: sourceLocation)
        return json
    }

    /// That it was refused, by this name and with this exit status.
    func refused(_ code: Int32, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            self.code == code && json["error"]["name"].string == name,
            "\(commandLine): exit \(self.code), \(output)\(error)", sourceLocation: sourceLocation)
        #expect(json["error"]["message"].string?.isEmpty == false, sourceLocation: sourceLocation)
    }
}
