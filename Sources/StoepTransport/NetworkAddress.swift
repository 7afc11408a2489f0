import Glibc

/// A host and a port, as a person writes them: `stoep.example:7410`, `192.0.2.1:7410`, `[2001:db8::1]:7410`.
package struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// A name or a numeric address; one of IPv6 without its brackets.
    package let host: String
    /// 0 only where a listener leaves the choice to the system.
    package let port: UInt16

    /// What a daemon listens on unless told otherwise.
    package static let defaultPort: UInt16 = 7410

    /// - Parameter defaultPort: used if the text names none; nil makes a missing port an error.
    package init(_ text: String, defaultPort: UInt16? = nil) throws(AddressError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumBytes else { throw .tooLong(bytes: bytes.count) }
        let (host, port) = try Self.split(bytes)
        self.host = String(decoding: host, as: UTF8.self)
        if let port {
            self.port = try Self.parsePort(port)
        } else if let defaultPort {
            self.port = defaultPort
        } else {
            throw .missingPort(text: text)
        }
    }

    init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// What `init` reads back: an address of IPv6 has its brackets again.
    package var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// A DNS name has at most 253 bytes; brackets, colon and port come on top.
    private static let maximumBytes = 253 + 8

    private static func split(
        _ bytes: [UInt8]
    ) throws(AddressError) -> (host: ArraySlice<UInt8>, port: ArraySlice<UInt8>?) {
        let text = String(decoding: bytes, as: UTF8.self)
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw .unclosedBracket(text: text) }
            let host = bytes[..<end].dropFirst()
            var probe = in6_addr()
            guard inet_pton(AF_INET6, String(decoding: host, as: UTF8.self), &probe) == 1 else {
                throw .invalidHost(text: text)
            }
            let rest = bytes[end...].dropFirst()
            guard let separator = rest.first else { return (host, nil) }
            guard separator == UInt8(ascii: ":") else { throw .invalidPort(text: text) }
            return (host, rest.dropFirst())
        }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw .bracketsNeeded(text: text) }
        guard let host = parts.first, isName(host) else { throw .invalidHost(text: text) }
        return (host, parts.count == 2 ? parts.last : nil)
    }

    private static func isName(_ host: ArraySlice<UInt8>) -> Bool {
        guard !host.isEmpty, host.count <= 253, host.first != UInt8(ascii: "-") else { return false }
        return host.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }

    private static func parsePort(_ digits: ArraySlice<UInt8>) throws(AddressError) -> UInt16 {
        let text = String(decoding: digits, as: UTF8.self)
        guard (1...5).contains(digits.count),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(text)
        else { throw .invalidPort(text: text) }
        return port
    }
}

/// Why a text is no address; each case says what to write instead.
package enum AddressError: Error, Equatable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int)
    case missingPort(text: String)
    case invalidPort(text: String)
    case invalidHost(text: String)
    case unclosedBracket(text: String)
    case bracketsNeeded(text: String)

    package var description: String {
        switch self {
        case .empty: "the address is empty; write HOST:PORT"
        case .tooLong(let bytes): "the address has \(bytes) bytes, more than any name has"
        case .missingPort(let text): "“\(text)” names no port; write \(text):\(NetworkAddress.defaultPort)"
        case .invalidPort(let text): "“\(text)” is no port: a number from 0 to 65535"
        case .invalidHost(let text): "“\(text)” holds no host name or numeric address"
        case .unclosedBracket(let text): "“\(text)” opens a bracket and does not close it; write [ADDRESS]:PORT"
        case .bracketsNeeded(let text): "“\(text)” has several colons; write an IPv6 address as [ADDRESS]:PORT"
        }
    }
}
