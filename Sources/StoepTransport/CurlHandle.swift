import CCurl
import StoepCrypto

/// A libcurl easy handle: one connection kept open, one request at a time.
final class CurlHandle {
    private let curl: UnsafeMutableRawPointer
    /// Moves what the handle transfers, and keeps the connection.
    private let multi: UnsafeMutableRawPointer
    /// The request that was begun and has not ended. Whoever waits for its answer keeps it, and it goes with them.
    private var current: ObjectIdentifier?
    /// Where libcurl writes what went wrong, as long as the handle lives.
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// The library wakes up once a process, when the first request is made: a command that sends nothing must
    /// not pay for it.
    private static let isReady = stoep_curl_global_init() == CURLE_OK

    init(timeouts: HTTPClient.Timeouts) throws(TransportError) {
        guard Self.isReady, let curl = stoep_curl_init(), let multi = stoep_curl_multi_init() else {
            throw .invalidRequest(reason: "libcurl did not start")
        }
        self.curl = curl
        self.multi = multi
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try set(CURLOPT_ERRORBUFFER, pointer: message)
        // Signals belong to the process; `SignalGuard` keeps SIGPIPE away.
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // No proxy from the environment: a local socket or a colleague's laptop is behind none, and a proxy
        // would learn who talks to whom.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connectSeconds * 1000)
        try set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try set(CURLOPT_LOW_SPEED_TIME, timeouts.stallSeconds)
        try set(CURLOPT_TIMEOUT_MS, timeouts.totalSeconds * 1000)
        // Below the server's idle timeout, so that a request seldom meets a connection just closed.
        try set(CURLOPT_MAXAGE_CONN, 60)
        try set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
        try set(CURLOPT_BUFFERSIZE, 256 << 10)
    }

    deinit {
        stoep_curl_cleanup(curl)
        stoep_curl_multi_cleanup(multi)
        message.deallocate()
    }

    /// TLS 1.3 with our certificate; the server is known by its key alone, so chain and name are not looked at.
    /// - Parameter pins: nil where whoever answers may have any key.
    func useTLS(pins: [PublicKeyPin]?, identity: SigningKey) throws(TransportError) {
        try set(CURLOPT_PROTOCOLS_STR, "https")
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_3) | Self.maximumTLS13)
        try set(CURLOPT_SSL_VERIFYPEER, 0)
        try set(CURLOPT_SSL_VERIFYHOST, 0)
        // Or else libcurl reads and parses the system's hundred and more root certificates, to use none.
        try check(stoep_curl_set_string(curl, CURLOPT_CAINFO, nil))
        try check(stoep_curl_set_string(curl, CURLOPT_CAPATH, nil))
        if let pins { try set(CURLOPT_PINNEDPUBLICKEY, pins.map(\.curlNotation).joined(separator: ";")) }
        try set(CURLOPT_SSL_SESSIONID_CACHE, 0)
        try set(CURLOPT_SSL_ENABLE_ALPN, 0)
        try set(CURLOPT_SSLCERTTYPE, "DER")
        try set(CURLOPT_SSLCERT_BLOB, blob: SelfSignedCertificate.make(key: identity))
        try set(CURLOPT_SSLKEYTYPE, "DER")
        try set(CURLOPT_SSLKEY_BLOB, blob: SelfSignedCertificate.privateKeyDER(of: identity))
    }

    /// Plain HTTP through a socket in the file system.
    func useLocalSocket(_ path: String) throws(TransportError) {
        guard !path.utf8.contains(0) else { throw .invalidRequest(reason: "a path without a NUL byte") }
        try set(CURLOPT_PROTOCOLS_STR, "http")
        try set(CURLOPT_UNIX_SOCKET_PATH, path)
    }

    /// Connections that the last request opened.
    var newConnections: Int { stoep_curl_new_connections(curl) }

    /// Sends a request, as far as that goes without waiting for the server.
    /// - Parameter body: nil for GET.
    func begin(
        url: String, headers: HTTPHeaders, body: [UInt8]?, limit: Int
    ) throws(TransportError) -> PendingResponse {
        // What somebody began and never waited for is not wanted any more.
        detach()
        let request = try PendingResponse(self, headers, limit: limit)
        try set(CURLOPT_URL, url)
        try set(CURLOPT_HTTPHEADER, pointer: request.headers.pointer)
        let context = Unmanaged.passUnretained(request.receiver).toOpaque()
        try set(CURLOPT_WRITEFUNCTION, receiver: receiveBody)
        try set(CURLOPT_WRITEDATA, pointer: context)
        try set(CURLOPT_HEADERFUNCTION, receiver: receiveHeader)
        try set(CURLOPT_HEADERDATA, pointer: context)
        if let body {
            try set(CURLOPT_POST, 1)
            try check(stoep_curl_set_size(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            // An empty array may have no address, and libcurl would then ask a read function for the body.
            var bytes = body.isEmpty ? [0] : body
            try check(bytes.withUnsafeMutableBytes { stoep_curl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) })
        } else {
            try set(CURLOPT_HTTPGET, 1)
        }
        message[0] = 0
        guard stoep_curl_multi_add(multi, curl) == CURLM_OK else { throw .invalidRequest(reason: "no memory") }
        current = ObjectIdentifier(request)
        send(body?.count ?? 0)
        return request
    }

    /// Until the body is on its way, for a moment at most: the rest goes while the answer is waited for.
    private func send(_ count: Int) {
        for _ in 0..<Self.sendingRounds {
            guard advance() > 0, stoep_curl_uploaded(curl) < count else { return }
            _ = stoep_curl_multi_poll(multi, 1)
        }
    }

    private static let sendingRounds = 16

    /// Does what can be done without waiting.
    /// - Returns: how many requests are left, one at most.
    private func advance() -> Int32 {
        var running: Int32 = 0
        let code = SignalGuard.withoutBrokenPipe { stoep_curl_multi_perform(multi, &running) }
        return code == CURLM_OK ? running : 0
    }

    /// Waits for the answer.
    fileprivate func finish(_ request: PendingResponse) throws(TransportError) -> HTTPResponse {
        guard current == ObjectIdentifier(request) else { throw .invalidRequest(reason: "another request was made meanwhile") }
        while advance() > 0 { _ = stoep_curl_multi_poll(multi, 1000) }
        var code = CURLE_OUT_OF_MEMORY
        _ = stoep_curl_multi_result(multi, &code)
        let status = stoep_curl_status(curl)
        detach()
        guard !request.receiver.isTooLarge else { throw .tooLarge(limit: request.receiver.limit) }
        guard code == CURLE_OK else { throw TransportError(code, detail: String(cString: message)) }
        return request.receiver.response(status: status)
    }

    fileprivate func abandon(_ request: ObjectIdentifier) {
        if current == request { detach() }
    }

    /// The handle outlives a request; what it points to does not. One that has not ended takes its connection with it.
    private func detach() {
        guard current != nil else { return }
        current = nil
        _ = SignalGuard.withoutBrokenPipe { stoep_curl_multi_remove(multi, curl) }
        _ = stoep_curl_set_pointer(curl, CURLOPT_HTTPHEADER, nil)
        _ = stoep_curl_set_pointer(curl, CURLOPT_WRITEDATA, nil)
        _ = stoep_curl_set_pointer(curl, CURLOPT_HEADERDATA, nil)
        _ = stoep_curl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, nil)
    }

    // MARK: Options

    /// `CURL_SSLVERSION_MAX_TLSv1_3`, which is a shift that Swift does not import.
    private static let maximumTLS13 = 7 << 16

    private func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(stoep_curl_set_long(curl, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        try check(stoep_curl_set_string(curl, option, value))
    }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) throws(TransportError) {
        try check(stoep_curl_set_pointer(curl, option, pointer))
    }

    private func set(_ option: CURLoption, receiver: stoep_curl_receiver) throws(TransportError) {
        try check(stoep_curl_set_receiver(curl, option, receiver))
    }

    private func set(_ option: CURLoption, blob: [UInt8]) throws(TransportError) {
        try check(stoep_curl_set_blob(curl, option, blob, blob.count))
    }

    private func check(_ code: CURLcode) throws(TransportError) {
        guard code == CURLE_OK else {
            throw .invalidRequest(reason: String(cString: stoep_curl_error(code)))
        }
    }
}

/// The response to a request that was sent: somebody waits for it, or nobody does.
package final class PendingResponse {
    private let handle: CurlHandle
    fileprivate let headers: HeaderList
    fileprivate let receiver: ResponseReceiver

    fileprivate init(_ handle: CurlHandle, _ headers: HTTPHeaders, limit: Int) throws(TransportError) {
        self.handle = handle
        self.headers = try HeaderList(headers)
        receiver = ResponseReceiver(limit: limit)
    }

    deinit { handle.abandon(ObjectIdentifier(self)) }

    /// Waits for it; once.
    package func response() throws(TransportError) -> HTTPResponse { try handle.finish(self) }
}

/// Request headers as libcurl takes them, freed with their owner.
private final class HeaderList {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    init(_ headers: HTTPHeaders) throws(TransportError) {
        for field in headers.fields {
            let line = "\(field.name):\(field.value.isEmpty ? "" : " \(field.value)")"
            guard line.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
                throw .invalidRequest(reason: "a header is visible ASCII")
            }
            guard let longer = stoep_curl_list_append(pointer, line) else { throw .invalidRequest(reason: "no memory") }
            pointer = longer
        }
    }

    deinit {
        stoep_curl_list_free(pointer)
    }
}
