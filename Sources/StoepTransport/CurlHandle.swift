import CCurl
import StoepCrypto

/// A libcurl easy handle: one connection kept open, one request at a time.
final class CurlHandle {
    private let curl: UnsafeMutableRawPointer
    /// Where libcurl writes what went wrong, as long as the handle lives.
    private let message = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// The library wakes up once a process, when the first request is made: a command that sends nothing must
    /// not pay for it.
    private static let isReady = stoep_curl_global_init() == CURLE_OK

    init(timeouts: HTTPClient.Timeouts) throws(TransportError) {
        guard Self.isReady, let curl = stoep_curl_init() else {
            throw .invalidRequest(reason: "libcurl did not start")
        }
        self.curl = curl
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

    /// - Parameter body: nil for GET.
    func perform(
        url: String, headers: HTTPHeaders, body: [UInt8]?, limit: Int
    ) throws(TransportError) -> HTTPResponse {
        let list = try HeaderList(headers)
        let receiver = ResponseReceiver(limit: limit)
        try set(CURLOPT_URL, url)
        try set(CURLOPT_HTTPHEADER, pointer: list.pointer)
        let context = Unmanaged.passUnretained(receiver).toOpaque()
        try set(CURLOPT_WRITEFUNCTION, receiver: receiveBody)
        try set(CURLOPT_WRITEDATA, pointer: context)
        try set(CURLOPT_HEADERFUNCTION, receiver: receiveHeader)
        try set(CURLOPT_HEADERDATA, pointer: context)
        defer {
            // The handle outlives this call; what it points to does not.
            _ = stoep_curl_set_pointer(curl, CURLOPT_HTTPHEADER, nil)
            _ = stoep_curl_set_pointer(curl, CURLOPT_WRITEDATA, nil)
            _ = stoep_curl_set_pointer(curl, CURLOPT_HEADERDATA, nil)
            _ = stoep_curl_set_pointer(curl, CURLOPT_POSTFIELDS, nil)
        }
        message[0] = 0
        let code = try withExtendedLifetime((list, receiver)) { () throws(TransportError) in
            try transfer(body)
        }
        guard !receiver.isTooLarge else { throw .tooLarge(limit: limit) }
        guard code == CURLE_OK else { throw TransportError(code, detail: String(cString: message)) }
        return receiver.response(status: stoep_curl_status(curl))
    }

    private func transfer(_ body: [UInt8]?) throws(TransportError) -> CURLcode {
        guard let body else {
            try set(CURLOPT_HTTPGET, 1)
            return SignalGuard.withoutBrokenPipe { stoep_curl_perform(curl) }
        }
        try set(CURLOPT_POST, 1)
        try check(stoep_curl_set_size(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        // An empty array may have no address, and libcurl would then ask a read function for the body.
        let bytes = body.isEmpty ? [0] : body
        return bytes.withUnsafeBytes { buffer in
            let start = UnsafeMutableRawPointer(mutating: buffer.baseAddress)
            let code = stoep_curl_set_pointer(curl, CURLOPT_POSTFIELDS, start)
            guard code == CURLE_OK else { return code }
            return SignalGuard.withoutBrokenPipe { stoep_curl_perform(curl) }
        }
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
