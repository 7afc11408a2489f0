import StoepModel

/// The 64 bytes of an Ed25519 signature (RFC 8032 §5.1.6).
package struct Signature: Hashable, Sendable {
    package static let count = 64
    package let bytes: [UInt8]

    /// Takes exactly 64 bytes, or gives nil.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// Signs, and stops at a signer that does not give a signature: that would be a broken key store of our own.
    package init(of message: [UInt8], by signer: Signer) {
        guard let signature = Signature(signer.sign(message)) else {
            preconditionFailure("a signer gave something that is no Ed25519 signature")
        }
        self = signature
    }
}

/// The end of a chain, signed by its device: a COSE_Sign1 whose protected header is fixed and whose payload the
/// receiver recomputes, so only the signature travels (`Protocol/README.md`, Signed head).
package struct SignedHead: Hashable, Sendable {
    package let head: Head
    package let signature: Signature

    package init(head: Head, signature: Signature) {
        self.head = head
        self.signature = signature
    }

    package static func sign(_ head: Head, space: SpaceID, with signer: Signer) -> SignedHead {
        SignedHead(head: head, signature: Signature(of: message(for: head, space: space), by: signer))
    }

    package func verify(space: SpaceID, device: VerifyingKey, _ cryptography: Cryptography) -> Bool {
        cryptography.verify(signature.bytes, Self.message(for: head, space: space), device)
    }

    /// The Sig_structure over `["stoep/1 head", space, log, actor, seq, hash]`.
    package static func message(for head: Head, space: SpaceID) -> [UInt8] {
        var writer = CBORWriter(reserving: 160)
        writer.array(6)
        writer.text("stoep/1 head")
        writer.bytes(space)
        writer.log(head.log)
        writer.bytes(head.actor)
        writer.unsigned(head.seq)
        writer.bytes(head.hash)
        return COSESign1.message(payload: writer.bytes)
    }
}
