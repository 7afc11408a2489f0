/// The bytes of a response on the wire.
enum ResponseWriter {
    /// Told to a client that waits with its body.
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The head, and the body unless the request was HEAD; small ones in one piece, so in one TLS record.
    static func pieces(of response: HTTPResponse, toHead: Bool, closes: Bool) -> [[UInt8]] {
        guard isWritable(response) else {
            // A mistake of ours; the client must see neither half a header nor an injected one.
            return pieces(of: .text(500, "the response could not be written"), toHead: toHead, closes: closes)
        }
        let hasBody = response.status != 204 && response.status != 304
        var head = "HTTP/1.1 \(response.status) \(reason(response.status))\r\n"
        if !response.contentType.isEmpty { head += "content-type: \(response.contentType)\r\n" }
        if hasBody { head += "content-length: \(response.body.count)\r\n" }
        for field in response.headers.fields { head += "\(field.name): \(field.value)\r\n" }
        if closes { head += "connection: close\r\n" }
        head += "\r\n"
        var first = Array(head.utf8)
        guard hasBody, !toHead, !response.body.isEmpty else { return [first] }
        guard response.body.count > 8 << 10 else {
            first += response.body
            return [first]
        }
        return [first, response.body]
    }

    /// Whether everything in it may stand in a header. The fields that say where the response ends are the
    /// writer's own.
    private static func isWritable(_ response: HTTPResponse) -> Bool {
        let own = ["content-length", "content-type", "connection", "transfer-encoding"]
        return (200...599).contains(response.status) && isValue(response.contentType)
            && response.headers.fields.allSatisfy { field in
                !field.name.isEmpty && field.name.utf8.allSatisfy(RequestHead.isTokenByte)
                    && isValue(field.value) && !own.contains(field.name)
            }
    }

    private static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == .tab }
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 417: "Expectation Failed"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
