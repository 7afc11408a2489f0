import Glibc
import StoepCommand
import StoepCore
import StoepModel
import StoepTransport

extension Command {
    /// Where `stoep share` listens unless told otherwise.
    private static let sharePort: UInt16 = 7411

    // MARK: Serving

    func share(_ directory: String) async throws -> ExitCode {
        let typed = arguments.text(.shareListen) ?? "0.0.0.0"
        guard let wanted = try? NetworkAddress(typed, defaultPort: Self.sharePort) else {
            throw CommandFailure.notAnAddress(typed)
        }
        let signals = StopSignals()
        let sharing = try sharing(directory)
        let identity = sharing.identity
        let server = HTTPServer(configuration: Self.serving)
        server.setHandler { await sharing.respond(to: $0) }
        let bound = try await listen(server, wanted, identity)
        let commands = bound.reachable.map { Localized.shareCommand(address: $0.description, key: identity.keyPrefix) }
        console.answer([
            "listening": .string(bound.description), "key": .string(identity.keyPrefix),
            "commands": .strings(commands.map { console.text($0) }),
        ]) {
            console.say(.shareIntroduction)
            for command in commands { console.print(console.text(command)) }
        }
        await signals.wait()
        await server.stop(graceSeconds: 5)
        await sharing.close()
        return .done
    }

    private func sharing(_ directory: String) throws -> Sharing {
        do {
            return try Sharing(openReplica(directory, holder: "stoep share"), console)
        } catch let error as ReplicaError {
            throw failure(error, directory)
        }
    }

    private func listen(
        _ server: HTTPServer, _ address: NetworkAddress, _ identity: SharingIdentity
    ) async throws(CommandFailure) -> NetworkAddress {
        do {
            return try await server.listen(address: address, identity: identity.key)
        } catch {
            throw listenFailure(error, address)
        }
    }

    /// A few colleagues, not a city.
    private static var serving: HTTPServer.Configuration {
        var configuration = HTTPServer.Configuration()
        configuration.loops = 1
        configuration.maximumConnections = 64
        configuration.maximumHeldBodyBytes = 64 << 20
        return configuration
    }

    private func listenFailure(_ error: ListenError, _ address: NetworkAddress) -> CommandFailure {
        switch error {
        case .system(_, let place, let code):
            code == EADDRINUSE ? .addressInUse(place) : .cannotListen(place, errno: code)
        case .unknownHost: .notAnAddress(address.description)
        case .inUse, .pathTooLong, .notASocket, .tls, .stopped: .unexpected(error.description)
        }
    }

    // MARK: Calling

    /// With whom `--from` says to sync.
    func source() throws(CommandFailure) -> SyncSource {
        guard let address = typedAddress else { return .daemon() }
        let key = typedKey
        do {
            // Laptops share on another port than daemons serve on: nothing stands in for one that is left out.
            _ = try NetworkAddress(address, defaultPort: key == nil ? NetworkAddress.defaultPort : nil)
        } catch .missingPort {
            throw .laptopPortMissing(address: address, usual: Self.sharePort)
        } catch {
            throw .notAnAddress(address)
        }
        return key.map { .laptop(address: address, keyPrefix: $0) } ?? .daemon(address: address)
    }

    /// What `--from` names before the slash, and behind it.
    var typedAddress: String? { typedParts?.first.map { String($0) } }
    var typedKey: String? { typedParts?.dropFirst().first.map { String($0) } }
    var isWithLaptop: Bool { typedKey != nil }

    private var typedParts: [Substring]? {
        guard verb == .own(.sync) else { return nil }
        return arguments.text(.from)?.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    }
}

/// Answers colleagues from this laptop's store, one request after the other, on a queue of its own. Between requests
/// other commands use the store.
actor Sharing {
    private nonisolated let executor = QueueExecutor(label: "stoep.share")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What this laptop proves, and the digits by which others name it.
    nonisolated let identity: SharingIdentity
    private let replica: Replica
    private let console: Console
    /// Devices that have been told of.
    private var met: Set<VerifyingKey> = []

    init(_ replica: Replica, _ console: Console) throws(ReplicaError) {
        self.replica = replica
        identity = try replica.sharingIdentity()
        self.console = console
    }

    func close() { replica.close() }

    func respond(to request: HTTPRequest) -> HTTPResponse {
        guard case .device(let device) = request.peer, !request.asksHealth else { return .health }
        let answer = replica.answer(
            request.method, String(request.path), contentType: request.headers["content-type"], request.body,
            from: device)
        tell(answer, device)
        return HTTPResponse(
            status: answer.reply.status, contentType: DaemonEndpoint.contentType, body: answer.reply.body)
    }

    /// A line where something moved, and the first time that a device is seen.
    private func tell(_ answer: SharedAnswer, _ device: VerifyingKey) {
        // What is no sync is nobody's business.
        guard answer.person != nil || answer.refusal != nil else { return }
        let isNew = met.insert(device).inserted
        guard isNew || answer.received > 0 || answer.sent > 0 || answer.refusal != nil else { return }
        let key = String(device.description.prefix(8))
        console.answer([
            "device": .string(key), "member": .optional(answer.person?.name), "received": .number(answer.received),
            "sent": .number(answer.sent), "refusal": .optional(answer.refusal),
        ]) {
            if let refusal = answer.refusal {
                console.say(.shareRefused(device: key, reason: refusal), style: .warning)
            } else {
                let name = answer.person?.name ?? key
                let isNothing = answer.received == 0 && answer.sent == 0
                console.say(
                    isNothing
                        ? .shareNothingNew(name: name)
                        : .shareSynced(name: name, received: answer.received, sent: answer.sent))
            }
        }
    }
}
