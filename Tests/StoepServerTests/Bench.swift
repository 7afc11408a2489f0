import Dispatch
import Glibc
import StoepCrypto
import StoepModel
import StoepStore
import StoepSync
import StoepTransport
import StoepWire
import Synchronization
import Testing

@testable import StoepServer

/// A directory of its own, gone when the test is.
final class ScratchDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/stoepd-test-XXXXXX".utf8CString)
        path = try #require(mkdtemp(&template).map { String(cString: $0) })
    }

    deinit {
        system("rm -rf '\(path)'")
    }
}

/// A wall clock that a test sets.
final class TestClock: Sendable {
    private let milliseconds = Mutex<UInt64>(1_700_000_000_000)

    func advance(milliseconds count: UInt64) { milliseconds.withLock { $0 += count } }

    var environment: Environment {
        Environment(
            cryptography: .openSSL,
            now: { [self] in
                // Between two asks time goes on.
                Timestamp(milliseconds: milliseconds.withLock { $0 += 1; return $0 })
            }, random: { SystemRandom.bytes($0) })
    }
}

/// A daemon of one space in this process: the real server, on a port of the loopback.
final class Bench: Sendable {
    let scratch: ScratchDirectory
    let data: DataDirectory
    let clock = TestClock()
    let tls: SigningKey
    let space: Space
    let server: HTTPServer
    let address: NetworkAddress

    private init(_ scratch: ScratchDirectory, _ data: DataDirectory) async throws {
        self.scratch = scratch
        self.data = data
        tls = try KeyFile.read(data.tlsKeyPath)
        space = Space(store: try data.openStore(clock.environment, holder: "test"), daemonKey: tls.verifyingKey, ledgerPath: data.ledgerPath,
            log: .silent)
        try await space.start()
        server = HTTPServer()
        let router = Router(spaces: [space], log: .silent)
        server.setHandler { await router.respond(to: $0) }
        address = try await server.listen(address: try NetworkAddress("127.0.0.1:0"), identity: tls)
    }

    /// Makes a space, where none is there yet, and serves it for the length of `body`.
    static func run(in scratch: ScratchDirectory? = nil, _ body: (Bench) async throws -> Void) async throws {
        let scratch = try scratch ?? ScratchDirectory()
        let data = DataDirectory(scratch.path + "/daemon")
        if access(data.path, F_OK) != 0 {
            _ = try Initialisation(data: data, name: "Oude Noorden", address: try NetworkAddress("127.0.0.1:7410"))
                .run(TestClock().environment)
        }
        let bench = try await Bench(scratch, data)
        do {
            try await body(bench)
        } catch {
            await bench.server.stop(graceSeconds: 0)
            throw error
        }
        await bench.server.stop(graceSeconds: 1)
        try await bench.space.close()
    }

    func invite(_ name: String, _ role: Role, _ areas: [String] = []) async throws -> Invitation {
        let response = try await space.perform(.invite(InvitationOrder(name: name, role: role, areas: areas)))
        guard case .invited(let invited) = response else { throw Objection(.daemonFailed) }
        return try Invitation(text: invited.text, .openSSL)
    }

    /// A laptop that has joined.
    func laptop(_ name: String, _ role: Role, _ areas: [String] = []) async throws -> Laptop {
        let laptop = try Laptop(self, name)
        _ = try await laptop.enrol(try await invite(name, role, areas).secret)
        return laptop
    }

    /// Waits until nothing is behind, a second at most.
    func folded() async throws -> DaemonStatus {
        for _ in 0..<100 {
            if try await space.isUpToDate() { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let isUpToDate = try await space.isUpToDate()
        #expect(isUpToDate, "what was pushed is folded within a second")
        guard case .status(let status) = try await space.perform(.status) else { throw Objection(.daemonFailed) }
        return status
    }
}

extension Space {
    func isUpToDate() throws -> Bool { try !service.store.isBehind() }

    /// Runs on the space's queue.
    func look<T: Sendable>(_ body: (Store) throws -> T) throws -> T { try body(service.store) }
}

/// A device: a store and an HTTP client, driven by hand. Both block, so it has a thread of its own.
actor Laptop {
    private nonisolated let executor = QueueExecutor(label: "stoep.test.laptop")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let store: Store
    nonisolated let key: VerifyingKey
    private let space: SpaceID
    private let daemon: VerifyingKey
    var daemonKey: VerifyingKey { daemon }
    private var client: HTTPClient

    init(_ bench: Bench, _ name: String) throws {
        let directory = bench.scratch.path + "/" + name
        mkdir(directory, 0o700)
        space = bench.space.id
        daemon = bench.tls.verifyingKey
        store = try Store.create(
            Store.Configuration(directory: directory, holder: name), bench.clock.environment, space: bench.space.id,
            keys: try DeviceKeys(random: { SystemRandom.bytes($0) }), isHub: false)
        key = store.keys.publicKey
        client = HTTPClient(endpoint: .tls(bench.address, pins: [bench.tls.pin], identity: store.keys.signing))
    }

    /// Calls the daemon where it is from now on.
    func call(_ bench: Bench) {
        client = HTTPClient(endpoint: .tls(bench.address, pins: [bench.tls.pin], identity: store.keys.signing))
    }

    func enrol(_ secret: Bytes16) throws -> EnrolResponse {
        let request = EnrolRequest(space: space, secret: secret, sealingKey: store.keys.sealingKey)
        return try post("/v1/enrol", request)
    }

    func post<Answer: WireMessage>(_ path: String, _ message: some WireMessage) throws -> Answer {
        let response = try client.post(path: path, contentType: "application/cbor", body: message.encoded())
        guard response.status == 200 else {
            let error = try ErrorMessage(decoding: response.body)
            throw Refused(status: response.status, name: error.name, detail: error.detail)
        }
        return try Answer(decoding: response.body)
    }

    struct Refused: Error, Equatable {
        let status: Int
        let name: String
        var detail = ""
    }

    @discardableResult
    func sync(scope: [LogID]? = nil) throws -> ClientSession.Summary {
        var session = ClientSession(space: space, scope: scope, drawNonce: store.environment.random64)
        var event = ClientSession.Event.begin(cursor: try store.read { try store.cursor(at: daemon) })
        while true {
            let effect = session.handle(event)
            switch effect {
            case .send(let request):
                do {
                    event = .answered(try post("/v1/sync", request))
                } catch let refused as Refused where refused.name == "device-revoked" {
                    event = .revoked
                } catch let refused as Refused where refused.name == "device-unknown" {
                    event = .unknown
                }
            case .finish(let summary): return summary
            case .fail(let error): throw error
            default: event = try #require(try store.perform(effect, with: daemon))
            }
        }
    }

    func record(_ observation: String, in partition: String) throws -> RecordID {
        let log = try #require(LogID.street(partition))
        let records = try store.save([
            RecordEdit(
                log: log, target: .new(.conversation),
                fields: [
                    .set(Field.Conversation.area, .text(partition)),
                    .text(Field.Conversation.observation, observation),
                ])
        ])
        return try #require(records.first)
    }

    var status: StoreStatus { get throws { try store.status() } }

    var stateHashes: [LogID: Bytes32] {
        get throws {
            Dictionary(uniqueKeysWithValues: try store.status().logs.map { ($0.log, $0.stateHash) })
        }
    }
}

/// `#expect(… == …)` for what had to be waited for: the macro takes no `await`.
func expect<Value: Equatable>(
    _ value: Value, _ expected: Value, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(value == expected, comment, sourceLocation: sourceLocation)
}
