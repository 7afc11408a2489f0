import Glibc

/// Collects a response as libcurl delivers it, within bounds.
final class ResponseReceiver {
    let limit: Int
    private var body: [UInt8] = []
    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private(set) var isTooLarge = false

    /// More than our server ever sends; libcurl bounds a single line by itself.
    private static let maximumHeaderBytes = 64 << 10

    init(limit: Int) {
        self.limit = limit
    }

    func response(status: Int) -> HTTPResponse {
        HTTPResponse(status: status, contentType: headers["content-type"] ?? "", body: body, headers: headers)
    }

    /// - Returns: whether to go on.
    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= limit - body.count else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    /// One line of the head, its end included.
    /// - Returns: whether to go on.
    func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
        headerBytes += line.count
        guard headerBytes <= Self.maximumHeaderBytes else {
            isTooLarge = true
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            // An interim response, 100 Continue, has had a head of its own.
            headers = HTTPHeaders()
            return true
        }
        guard let colon = line.firstIndex(of: .colon) else { return true }
        let name = String(decoding: line[..<colon], as: UTF8.self)
        let isBlank: (UInt8) -> Bool = { $0 == .space || $0 == .tab || $0 == .carriageReturn || $0 == .lineFeed }
        let value = line[colon...].dropFirst().drop(while: isBlank)
        let end = value.lastIndex { !isBlank($0) }
        headers.append(name, end.map { String(decoding: value[...$0], as: UTF8.self) } ?? "")
        return true
    }
}

/// libcurl's callback for the body. Answering another number than it gave ends the transfer.
func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?)
    -> Int
{
    receive(bytes, size, count, context) { $0.takeBody($1) }
}

/// libcurl's callback for one line of the head.
func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    receive(bytes, size, count, context) { $0.takeHeader($1) }
}

private func receive(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?,
    _ take: (ResponseReceiver, UnsafeRawBufferPointer) -> Bool
) -> Int {
    // libcurl promises that size is 1.
    guard let context, size == 1 else { return 0 }
    let receiver = Unmanaged<ResponseReceiver>.fromOpaque(context).takeUnretainedValue()
    guard take(receiver, UnsafeRawBufferPointer(start: bytes, count: count)) else {
        return count == 0 ? 1 : 0
    }
    return count
}

/// With CURLOPT_NOSIGNAL libcurl leaves SIGPIPE to us. Ignoring it in the whole process would change how
/// `stoep … | head` ends, so this thread blocks it for the length of a call, and eats one that came.
enum SignalGuard {
    static func withoutBrokenPipe<Result>(_ body: () -> Result) -> Result {
        var pipe = sigset_t()
        var previous = sigset_t()
        var waiting = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        sigpending(&waiting)
        let wasWaiting = sigismember(&waiting, SIGPIPE) == 1
        pthread_sigmask(SIG_BLOCK, &pipe, &previous)
        defer {
            if !wasWaiting {
                var now = timespec()
                while sigtimedwait(&pipe, nil, &now) == -1, errno == EINTR {}
            }
            pthread_sigmask(SIG_SETMASK, &previous, nil)
        }
        return body()
    }
}
