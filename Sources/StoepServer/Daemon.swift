import StoepCrypto
import StoepModel
import StoepStore
import StoepTransport

/// A running daemon: from when it accepts until it is stopped.
package final class Daemon: Sendable {
    package struct Configuration: Sendable {
        package let data: DataDirectory
        package let listen: NetworkAddress
        package var log = EventLog.standardError
        /// How long requests in flight may go on after the daemon is told to stop.
        package var graceSeconds = 5

        package init(data: DataDirectory, listen: NetworkAddress) {
            self.data = data
            self.listen = listen
        }
    }

    /// What it listens on, with the port that was chosen.
    package let address: NetworkAddress
    package let space: SpaceID
    private let configuration: Configuration
    private let server: HTTPServer
    private let spaces: [Space]
    private let lock: ServeLock
    private let adminSocket: AdminSocketPath

    private init(
        _ configuration: Configuration, address: NetworkAddress, server: HTTPServer, space: Space, lock: ServeLock,
        adminSocket: AdminSocketPath
    ) {
        self.configuration = configuration
        self.address = address
        self.server = server
        self.space = space.id
        spaces = [space]
        self.lock = lock
        self.adminSocket = adminSocket
    }

    /// Opens the space in the directory and listens. On return it accepts.
    package static func start(_ configuration: Configuration) async throws(DaemonError) -> Daemon {
        let data = configuration.data
        guard Store.exists(in: data.path) else { throw .notADataDirectory(data.path) }
        let lock = try ServeLock(data)
        try data.clearStaging()
        try DaemonError.translating { try Replacement.finish(data, .system) }
        let adminSocket = try AdminSocketPath(data)
        let tls = try DaemonError.translating { try KeyFile.read(data.tlsKeyPath) }
        let store = try DaemonError.translating { try data.openStore(.system, holder: "stoepd serve") }
        let space = Space(store: store, daemonKey: tls.verifyingKey, ledgerPath: data.ledgerPath, log: configuration.log)
        try await space.start()
        let server = HTTPServer()
        let router = Router(spaces: [space], log: configuration.log)
        server.setHandler { await router.respond(to: $0) }
        do {
            try await server.listenLocal(path: adminSocket.path)
            let address = try await server.listen(address: configuration.listen, identity: tls)
            configuration.log(.info, "serving", ["port": .number(Int(address.port))])
            return Daemon(
                configuration, address: address, server: server, space: space, lock: lock, adminSocket: adminSocket)
        } catch {
            await server.stop(graceSeconds: 0)
            try? await space.close()
            throw DaemonError(error, configuration)
        }
    }

    /// Accepts nothing more, lets what is in flight finish, and brings everything into the database files.
    package func stop() async throws(DaemonError) {
        configuration.log(.info, "stopping")
        await server.stop(graceSeconds: configuration.graceSeconds)
        var failure: DaemonError?
        for space in spaces {
            do {
                try await space.close()
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        configuration.log(.info, "stopped")
    }
}

extension DaemonError {
    fileprivate init(_ error: ListenError, _ configuration: Daemon.Configuration) {
        self =
            switch error {
            case .system(_, let place, let code): .cannotListen(address: place, code: code)
            case .unknownHost(let place, _): .unknownHost(place)
            case .inUse: .running(data: configuration.data.path, processID: nil)
            case .pathTooLong, .notASocket, .tls, .stopped: .unexpected(error.description)
            }
    }
}
