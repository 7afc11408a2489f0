import StoepCrypto
import StoepModel
import StoepStore
import StoepTransport
import StoepWire

/// Has a coordinator's command done: by the daemon that serves from the directory, or, where none runs, here. It blocks.
package struct AdminClient: Sendable {
    private let data: DataDirectory

    package init(_ data: DataDirectory) {
        self.data = data
    }

    package func perform(_ request: AdminRequest) throws(DaemonError) -> AdminResponse {
        guard Store.exists(in: data.path) else { throw .notADataDirectory(data.path) }
        let response: AdminResponse
        if let answer = try askDaemon(request) {
            response = answer
        } else {
            response = try performHere(request)
        }
        if case .objection(let objection) = response { throw .refused(objection) }
        return response
    }

    /// Nil where no daemon listens.
    private func askDaemon(_ request: AdminRequest) throws(DaemonError) -> AdminResponse? {
        let socket = try AdminSocketPath(data)
        defer { withExtendedLifetime(socket) {} }
        var timeouts = HTTPClient.Timeouts()
        timeouts.connectSeconds = 5
        // A bundle may be as large as the stick that it is on.
        timeouts.stallSeconds = if case .bundle = request { 24 * 60 * 60 } else { 120 }
        let client = HTTPClient(endpoint: .local(path: socket.path), timeouts: timeouts)
        let answer: HTTPResponse
        do {
            answer = try client.post(
                path: Router.adminPath, contentType: DaemonPath.contentType, body: request.encoded())
        } catch {
            // Nobody there, or a socket that a dead daemon left. What broke off later may have been done: not again.
            if case .unreachable = error { return nil }
            throw .unexpected(error.description)
        }
        // It stops: whoever holds the store's lock comes first, then we do.
        if answer.status == 503 { return nil }
        do {
            if answer.status == 200 { return try AdminResponse(decoding: answer.body) }
            throw DaemonError.unexpected(try ErrorMessage(decoding: answer.body).name)
        } catch {
            throw DaemonError(error)
        }
    }

    private func performHere(_ request: AdminRequest) throws(DaemonError) -> AdminResponse {
        try DaemonError.translating {
            try Replacement.finishIfCut(data)
            let tls = try KeyFile.read(data.tlsKeyPath)
            let store = try data.openStore(.system, holder: "stoepd")
            defer { store.close() }
            do {
                var ledger = try OpenLedger(store: store, path: data.ledgerPath)
                return try Coordination(store: store, daemonKey: tls.verifyingKey).perform(request, &ledger)
            } catch let objection as Objection {
                return .objection(objection)
            }
        }
    }
}
