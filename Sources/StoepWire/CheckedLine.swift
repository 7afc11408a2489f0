import StoepModel

/// Bytes as one line of text that people hand to each other: a prefix that says what it is, and base64url of the bytes
/// and the first 4 bytes of their SHA-256, so that a mistyped or cut line is noticed.
struct CheckedLine {
    private static let checksumBytes = 4
    let prefix: String

    func begins(_ text: String) -> Bool { text.utf8.starts(with: prefix.utf8) }

    func text(of body: [UInt8], _ cryptography: Cryptography) -> String {
        prefix + Base64URL.encode(body + cryptography.sha256(body).bytes.prefix(Self.checksumBytes))
    }

    /// Nil where it is not such a line, whole.
    func body(of text: String, _ cryptography: Cryptography) -> [UInt8]? {
        guard begins(text), let bytes = Base64URL.decode(Array(text.utf8.dropFirst(prefix.utf8.count))),
            bytes.count > Self.checksumBytes
        else { return nil }
        let body = Array(bytes.dropLast(Self.checksumBytes))
        guard cryptography.sha256(body).bytes.starts(with: bytes.suffix(Self.checksumBytes)) else { return nil }
        return body
    }
}

extension HeadList {
    private static let line = CheckedLine(prefix: "stoep-frontier1.")

    /// A frontier as a line to be handed over: `stoep-frontier1.` and base64url of the CBOR and its checksum.
    package func text(_ cryptography: Cryptography) -> String {
        Self.line.text(of: encoded(), cryptography)
    }

    /// Takes exactly what `text` gives; nil for anything else. Space around it is the caller's to take off.
    package init?(text: String, _ cryptography: Cryptography) {
        guard text.utf8.count <= Limits.frontierLineBytes, let body = Self.line.body(of: text, cryptography),
            let list = try? HeadList(decoding: body)
        else { return nil }
        self = list
    }
}
