import StoepModel

/// COSE_Sign1 (RFC 9052 §4.2, §4.4) with EdDSA, the one algorithm of version 1.
enum COSESign1 {
    /// The protected header: `{1: -8}`, algorithm EdDSA (RFC 9053 §2.2).
    static let protected: [UInt8] = [0xa1, 0x01, 0x27]

    /// The Sig_structure: what is signed. External data is empty.
    static func message(payload: [UInt8]) -> [UInt8] {
        var writer = CBORWriter(reserving: payload.count + 24)
        writer.array(4)
        writer.text("Signature1")
        writer.bytes(protected)
        writer.bytes([])
        writer.bytes(payload)
        return writer.bytes
    }

    /// A whole statement: the array of four, without a tag.
    static func statement(_ payload: [UInt8], by signer: Signer) -> [UInt8] {
        var writer = CBORWriter(reserving: payload.count + 80)
        writer.array(4)
        writer.bytes(protected)
        writer.emptyMap()
        writer.bytes(payload)
        writer.bytes(Signature(of: message(payload: payload), by: signer).bytes)
        return writer.bytes
    }

    /// Takes a statement apart; whether its signature holds is for the caller, who learns from the payload whose it is.
    static func open(_ bytes: [UInt8]) throws(WireError) -> (payload: [UInt8], signature: [UInt8]) {
        var reader = CBORReader(bytes)
        try reader.array("COSE_Sign1", exactly: 4)
        let start = reader.offset
        guard try reader.bytes("protected header", atMost: Limits.shortTextBytes) == protected else {
            throw .malformed("protected header", at: start)
        }
        try reader.emptyMap("unprotected header")
        let payload = try reader.bytes("payload", atMost: Limits.payloadBytes)
        let signature = Array(reader.slice(try reader.exactly(Signature.count, "signature")))
        try reader.finish()
        return (payload, signature)
    }
}

/// Why a signed statement, a delegation or a purge order, does not count.
package enum StatementError: Error, Equatable, Sendable {
    case wire(WireError)
    /// The root key in it is not the one that the space is named after.
    case spaceMismatch
    /// It is for another device, or of another space.
    case notForThisDevice
    case signatureInvalid

    package var name: String {
        switch self {
        case .wire(let error): error.name
        case .spaceMismatch: "space-mismatch"
        case .notForThisDevice: "order-for-another"
        case .signatureInvalid: "signature-invalid"
        }
    }
}

extension CBORReader {
    /// What a payload that is signed begins with, so that no signature serves for two purposes.
    mutating func tag(_ tag: StaticString) throws(WireError) {
        let start = offset
        let expected = UnsafeBufferPointer(start: tag.utf8Start, count: tag.utf8CodeUnitCount)
        guard try text("tag", atMost: Limits.shortTextBytes).utf8.elementsEqual(expected) else {
            throw .malformed("tag", at: start)
        }
    }
}
