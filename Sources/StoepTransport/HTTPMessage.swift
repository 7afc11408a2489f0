import StoepModel

/// Who is at the other end of a connection.
package enum Peer: Sendable, Hashable {
    /// The holder of this key, proved in the TLS handshake. Whether it belongs to anybody is the handler's
    /// question.
    case device(VerifyingKey)
    /// Somebody who may open the local socket: the daemon's own user.
    case local
}

/// One request, complete: the transport hands nothing on before the last byte of the body is there.
package struct HTTPRequest: Sendable {
    /// As sent; upper case by convention.
    package let method: String
    /// Path and query as sent: visible ASCII beginning with `/`, nothing decoded.
    package let target: String
    package let headers: HTTPHeaders
    package let body: [UInt8]
    package let peer: Peer

    package init(
        method: String, target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [], peer: Peer
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The target up to the question mark, nothing decoded.
    package var path: Substring { target.prefix { $0 != "?" } }

    /// Whether somebody only wants to know that a server is up.
    package var asksHealth: Bool { (method == "GET" || method == "HEAD") && path == "/health" }

    /// What follows the question mark, nothing decoded; nil without one.
    package var query: Substring? {
        let rest = target.dropFirst(path.count)
        return rest.isEmpty ? nil : rest.dropFirst()
    }
}

/// A response: what a handler gives the server, and what the client gives its caller.
package struct HTTPResponse: Sendable {
    /// 200 to 599 from a handler.
    package var status: Int
    /// Empty for a response without a body.
    package var contentType: String
    package var body: [UInt8]
    /// Others than Content-Type, Content-Length and Connection, which are the server's to write.
    package var headers: HTTPHeaders

    package init(status: Int, contentType: String = "", body: [UInt8] = [], headers: HTTPHeaders = HTTPHeaders()) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.headers = headers
    }

    /// What a server that is up says of itself (`Protocol/README.md`, HTTP).
    package static let health = HTTPResponse(
        status: 200, contentType: "application/json", body: Array("{\"status\":\"ok\"}\n".utf8))

    /// A response of one line of text, for people who look with curl.
    package static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
    }
}

/// Header fields in the order they came. Names are kept in lower case, so a look-up compares bytes.
package struct HTTPHeaders: Sendable {
    package struct Field: Sendable, Hashable {
        /// Lower case.
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(_ fields: [(name: String, value: String)]) {
        for (name, value) in fields { append(name, value) }
    }

    init(_ fields: [Field]) {
        self.fields = fields
    }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name.lowercased(), value: value))
    }

    /// The first value under a name given in lower case.
    package subscript(_ name: String) -> String? {
        fields.first { $0.name == name }?.value
    }

    /// Every value under a name given in lower case.
    package func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }
}
