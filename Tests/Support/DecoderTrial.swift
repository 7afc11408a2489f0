import StoepModel
import StoepWire

/// A group of decoders on bytes from outside, whatever these are: each refuses them, or takes them for something that
/// encodes to the same bytes again. `Tools/fuzz` looks for bytes with which that is not so; those that it once found
/// are replayed by a test.
package enum DecoderTrial: String, CaseIterable {
    /// One item of any kind, and the small ones that stand inside others.
    case cbor
    /// Segments, as they are and packed, and what verifying makes of them.
    case segment
    /// What is sent, and what is signed, by itself.
    case messages
    /// What a block says, edits of texts among it.
    case payload
    /// The line, and what is in it.
    case invitation
    /// The manifest of a bundle, its head, what a piece says once it is opened, and the line of a frontier.
    case bundle

    /// What is wrong with what the decoders made of these bytes; nil where nothing is.
    package func failure(on bytes: [UInt8]) -> String? {
        switch self {
        case .cbor: Self.item(bytes) ?? Self.parts(bytes)
        case .segment: Self.segment(bytes) ?? Self.packed(bytes)
        case .messages: Self.messages(bytes) ?? Self.signed(bytes)
        case .payload: Self.payload(bytes)
        case .invitation: Self.line(bytes) ?? Self.invitation(bytes)
        case .bundle: Self.bundle(bytes)
        }
    }

    /// In place of the real ones, with which nothing that is made up at random would ever get past a checksum or a
    /// signature: every hash is zero, every signature holds, and nothing is sealed.
    private static let cryptography = Cryptography(
        sha256: { _ in .zero }, verify: { _, _, _ in true },
        sealing: Sealing(
            seal: { plain, _, _, _ in Sealed(enc: .zero, ciphertext: plain) }, encrypt: { plain, _, _, _ in plain },
            decrypt: { sealed, _, _, _ in sealed }))

    private static func same(_ encoded: some Sequence<UInt8>, _ bytes: some Sequence<UInt8>, _ what: String) -> String?
    {
        encoded.elementsEqual(bytes) ? nil : "\(what) encodes to other bytes: \(Hex.encode(encoded))"
    }

    // MARK: Items

    private static func item(_ bytes: [UInt8]) -> String? {
        var skipping = CBORReader(bytes)
        let isItem = (try? skipping.skip(depth: 0)) != nil
        var reader = CBORReader(bytes)
        var writer = CBORWriter()
        do throws(WireError) {
            try copy(&reader, bytes, to: &writer, depth: 0)
        } catch {
            return isItem ? "an item that is passed over is not read: \(error)" : nil
        }
        guard isItem, skipping.offset == reader.offset else { return "an item that is read is not passed over" }
        return same(writer.bytes, bytes[..<reader.offset], "an item")
    }

    /// Reads one item by the reader of its kind, and writes it.
    private static func copy(
        _ reader: inout CBORReader, _ bytes: [UInt8], to writer: inout CBORWriter, depth: Int
    ) throws(WireError) {
        if reader.null() { return writer.null() }
        let before = reader
        func taken<Value>(_ read: (inout CBORReader) throws(WireError) -> Value) -> Value? {
            var ahead = before
            guard let value = try? read(&ahead) else { return nil }
            reader = ahead
            return value
        }
        let most = Limits.payloadBytes
        if let number = taken({ (one) throws(WireError) in try one.unsigned("item") }) {
            writer.unsigned(number)
        } else if let number = taken({ (one) throws(WireError) in try one.signed("item") }) {
            writer.signed(number)
        } else if let content = taken({ (one) throws(WireError) in try one.bytes("item", atMost: most) }) {
            writer.bytes(content)
        } else if let text = taken({ (one) throws(WireError) in try one.text("item", atMost: most) }) {
            writer.text(text)
        } else if let isTrue = taken({ (one) throws(WireError) in try one.bool("item") }) {
            writer.bool(isTrue)
        } else if let count = taken({ (one) throws(WireError) in try one.array("item", atMost: most) }) {
            guard depth < Limits.nesting else { throw .tooDeep(at: before.offset) }
            writer.array(count)
            for _ in 0..<count { try copy(&reader, bytes, to: &writer, depth: depth + 1) }
        } else {
            // A negative number of more than 63 bits is an item; no field holds it, so nothing writes it.
            try reader.skip(depth: depth)
            guard bytes[before.offset] == 0x3b else { throw .malformed("item", at: before.offset) }
            writer.raw(Array(bytes[before.offset..<reader.offset]))
        }
    }

    /// What stands inside larger items, at the front of the bytes.
    private static func parts(_ bytes: [UInt8]) -> String? {
        func part<Part>(
            _ what: String, _ read: (inout CBORReader) throws(WireError) -> Part,
            _ write: (Part, inout CBORWriter) throws(WireError) -> Void
        ) -> String? {
            var reader = CBORReader(bytes)
            guard let part = try? read(&reader) else { return nil }
            var writer = CBORWriter()
            guard (try? write(part, &writer)) != nil else { return "\(what) that is read cannot be written" }
            return same(writer.bytes, bytes[..<reader.offset], what)
        }
        return part(
            "a value", { (one) throws(WireError) in try one.value() },
            { (it, to) throws(WireError) in try to.value(it) })
            ?? part("a log", { (one) throws(WireError) in try one.log() }, { $1.log($0) })
            ?? part("a point", { (one) throws(WireError) in try one.point() }, { $1.point($0) })
            ?? (try? Cut(decoding: bytes)).flatMap { same($0.encoded(), bytes, "a cut") }
    }

    // MARK: Segments

    /// Where a payload is cut is the sender's choice; so a segment that was cut otherwise encodes to other bytes, and
    /// these then to themselves.
    private static func segment(_ bytes: [UInt8]) -> String? {
        guard let segment = try? Segment(decoding: bytes) else { return nil }
        let encoded = segment.encoded()
        guard let again = try? Segment(decoding: encoded), again == segment else {
            return "a segment does not decode from its own bytes"
        }
        return same(again.encoded(), encoded, "a segment") ?? verified(segment)
    }

    private static func packed(_ bytes: [UInt8]) -> String? {
        guard let packed = try? PackedSegment(decoding: bytes) else { return nil }
        if let failure = same(packed.encoded(), bytes, "a packed segment") { return failure }
        guard let segment = try? packed.unpacked() else { return nil }
        guard let again = try? segment.packed().unpacked(), again == segment else {
            return "a segment does not survive being packed"
        }
        return Self.segment(segment.encoded())
    }

    /// As if hash and signature held.
    private static func verified(_ segment: Segment) -> String? {
        let space = SpaceID(.zero)
        let actor = segment.birth.map { ActorID(space: space, birth: $0, cryptography) } ?? segment.actor
        let derived = Segment(
            log: segment.log, actor: actor, first: segment.first, base: segment.base, birth: segment.birth,
            changes: segment.changes, signature: segment.signature)
        var before: (hash: ChangeHash, lamport: UInt64)?
        if let base = segment.base {
            var hash: [UInt8] = []
            for word in [base, 0, 0, 0] { hash.append(bigEndian: word) }
            before = Bytes32(hash).map { (ChangeHash($0), 0) }
        }
        let device = segment.birth?.device ?? VerifyingKey(.zero)
        let changes = try? derived.verify(base: before, device: device, space: space, cryptography: cryptography)
        for change in changes ?? [] {
            guard let header = try? ChangeHeader(decoding: change.headerBytes), header == change.header else {
                return "a header does not decode from its own bytes"
            }
        }
        return nil
    }

    // MARK: Messages

    private static func message<Message: WireMessage>(_ type: Message.Type, _ bytes: [UInt8]) -> String? {
        (try? Message(decoding: bytes)).flatMap { same($0.encoded(), bytes, "\(type)") }
    }

    private static func messages(_ bytes: [UInt8]) -> String? {
        message(SyncRequest.self, bytes) ?? message(SyncResponse.self, bytes) ?? message(EnrolRequest.self, bytes)
            ?? message(EnrolResponse.self, bytes) ?? message(ErrorMessage.self, bytes) ?? message(HeadList.self, bytes)
            ?? message(AuthorityRequest.self, bytes) ?? message(AuthorityResponse.self, bytes)
    }

    private static func signed(_ bytes: [UInt8]) -> String? {
        if let header = try? ChangeHeader(decoding: bytes) { return same(header.encoded(), bytes, "a header") }
        let nobody = VerifyingKey(.zero)
        if let order = try? PurgeOrder(
            verifying: bytes, space: SpaceID(.zero), device: nobody, authorities: [nobody], cryptography)
        {
            let signature = Array(bytes.suffix(Signature.count))
            return same(
                order.sign(with: Signer(publicKey: nobody) { _ in signature }), bytes, "a purge order")
        }
        guard let delegation = try? Delegation(verifying: bytes, space: SpaceID(.zero), cryptography) else {
            return nil
        }
        // The signature stands at the end.
        let signature = Array(bytes.suffix(Signature.count))
        let signer = Signer(publicKey: delegation.root) { _ in signature }
        return same(delegation.sign(with: signer), bytes, "a delegation")
    }

    /// Also as a version reads it that knows four kinds of operation, and carries the others.
    private static func payload(_ bytes: [UInt8]) -> String? {
        for kinds in [UInt64.max, 4] {
            guard let payload = try? Payload(decoding: bytes, kinds: kinds) else { continue }
            guard let encoded = try? payload.encoded() else { return "a payload that is read cannot be written" }
            if let failure = same(encoded, bytes, "a payload, read with kinds up to \(kinds),") { return failure }
        }
        return nil
    }

    // MARK: Bundles

    private static func bundle(_ bytes: [UInt8]) -> String? {
        if let count = try? BundleHead.manifestBytes(Array(bytes.prefix(BundleHead.bytes))),
            let failure = same(BundleHead.encoded(manifestBytes: count), bytes.prefix(BundleHead.bytes), "a head")
        {
            return failure
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if let heads = HeadList(text: text, cryptography), heads.text(cryptography) != text {
            return "the line of a frontier is another"
        }
        return message(BundleManifest.self, bytes) ?? message(BundlePiece.self, bytes)
    }

    // MARK: Invitations

    private static func line(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let invitation = try? Invitation(text: text, cryptography) else { return nil }
        return same(invitation.text(cryptography).utf8, text.utf8, "the line of an invitation")
    }

    private static func invitation(_ bytes: [UInt8]) -> String? {
        guard let invitation = try? Invitation(decoding: bytes) else { return nil }
        if let failure = same(invitation.encoded(), bytes, "an invitation") { return failure }
        let text = invitation.text(cryptography)
        guard let again = try? Invitation(text: text, cryptography) else {
            // A line has a bound of its own.
            return text.utf8.count > Limits.valueBytes ? nil : "an invitation is not read from its own line"
        }
        return again == invitation ? nil : "an invitation reads otherwise from its own line"
    }
}
