import StoepModel
import StoepWire

/// One case of `Protocol/vectors`: some bytes, what they are to be read as, and what comes of it. A success also
/// encodes to the same bytes again.
package struct Vector: Equatable, Sendable {
    /// What is read, and with it which of the further lines there are.
    package enum Kind: String, CaseIterable, Sendable {
        /// Any item of the profile.
        case item
        case header, payload
        /// Decoded and verified: with `space`, `device`, and where it does not begin at 1 `base` and `lamport`.
        case segment
        /// Only unpacked.
        case packedSegment = "packed-segment"
        /// With `space`.
        case delegation
        /// With `space`, `device` and `authority`.
        case purgeOrder = "purge-order"
        case headList = "head-list"
        case syncRequest = "sync-request"
        case syncResponse = "sync-response"
        case enrolRequest = "enrol-request"
        case enrolResponse = "enrol-response"
        case authorityRequest = "authority-request"
        case authorityResponse = "authority-response"
        case error
        /// The manifest of a bundle, without the head of the file.
        case bundleManifest = "bundle-manifest"
        /// What a piece of a bundle says once it is opened.
        case bundlePiece = "bundle-piece"
        /// A whole bundle: read with the X25519 secret `secret`, all pieces that are sealed to it.
        case bundle
        /// A line of text instead of bytes.
        case invitation
    }

    package static let success = "success"

    /// The file is called so, with `.txt` behind it.
    package let name: String
    package let kind: Kind
    /// `success`, or the name of the error.
    package let expect: String
    /// What it is that fails or holds.
    package let about: String
    /// Further lines, in order.
    package let context: [(key: String, value: String)]
    /// Hexadecimal digits, or the line itself.
    package let content: String

    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }

    /// The file.
    package var text: String {
        var lines = ["kind: \(kind.rawValue)", "expect: \(expect)", "about: \(about)"]
        lines += context.map { "\($0.key): \($0.value)" }
        lines.append("")
        var rest = content[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(kind == .invitation ? .max : 96)))
            rest = rest.dropFirst(kind == .invitation ? rest.count : 96)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads what `text` writes; nil where it is no such file.
    package init?(name: String, text: String) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let gap = parts.firstIndex(of: "") else { return nil }
        var pairs: [(key: String, value: String)] = []
        for line in parts[..<gap] {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            pairs.append((String(line[..<colon]), String(line[line.index(colon, offsetBy: 2)...])))
        }
        guard pairs.count >= 3, pairs[0].key == "kind", let kind = Kind(rawValue: pairs[0].value),
            pairs[1].key == "expect", pairs[2].key == "about"
        else { return nil }
        self.init(
            name, kind, pairs[1].value, pairs[2].value, context: Array(pairs[3...]),
            content: parts[(gap + 1)...].joined())
    }

    package init(
        _ name: String, _ kind: Kind, _ expect: String, _ about: String,
        context: [(key: String, value: String)] = [], content: String
    ) {
        self.name = name
        self.kind = kind
        self.expect = expect
        self.about = about
        self.context = context
        self.content = content
    }

    package init(
        _ name: String, _ kind: Kind, _ expect: String, _ about: String,
        context: [(key: String, value: String)] = [], bytes: [UInt8]
    ) {
        self.init(name, kind, expect, about, context: context, content: Hex.encode(bytes))
    }

    /// A success.
    package init(
        _ name: String, _ kind: Kind, _ about: String, context: [(key: String, value: String)] = [], bytes: [UInt8]
    ) {
        self.init(name, kind, Self.success, about, context: context, bytes: bytes)
    }

    package subscript(key: String) -> String? { context.first { $0.key == key }?.value }
    package var bytes: [UInt8] { Hex.decode(content) ?? [] }
}

/// All cases, made anew from the code and from fixed keys.
package enum Vectors {
    package static func all() throws -> [Vector] {
        try (items() + payloads() + chains() + statements() + messages() + bundles()).sorted { $0.name < $1.name }
    }

    static func cbor(_ build: (inout CBORWriter) -> Void) -> [UInt8] {
        var writer = CBORWriter()
        build(&writer)
        return writer.bytes
    }
}
