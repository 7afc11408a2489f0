import StoepModel

/// The authority's order to one device: what it holds of these logs is to be destroyed, because it may no longer read
/// them (`Protocol/README.md`, Purge orders). What it has not handed in yet goes first.
package struct PurgeOrder: Hashable, Sendable {
    package let space: SpaceID
    package let device: VerifyingKey
    /// Ascending, at least one.
    package let logs: [LogID]

    package init(space: SpaceID, device: VerifyingKey, logs: [LogID]) {
        self.space = space
        self.device = device
        self.logs = Set(logs).sorted()
    }

    /// The full COSE_Sign1 array, signed by the authority.
    package func sign(with signer: Signer) -> [UInt8] {
        var writer = CBORWriter(reserving: 96 + 32 * logs.count)
        writer.array(4)
        writer.text("stoep/1 purge")
        writer.bytes(space)
        writer.bytes(device)
        writer.logs(logs)
        return COSESign1.statement(writer.bytes, by: signer)
    }

    /// Decodes an order for this device that one of these authorities did sign.
    package init(
        verifying bytes: [UInt8], space: SpaceID, device: VerifyingKey, authorities: [VerifyingKey],
        _ cryptography: Cryptography
    ) throws(StatementError) {
        let (payload, signature): ([UInt8], [UInt8])
        do throws(WireError) {
            (payload, signature) = try COSESign1.open(bytes)
            self = try Self.decode(payload)
        } catch {
            throw .wire(error)
        }
        guard self.space == space, self.device == device else { throw .notForThisDevice }
        let message = COSESign1.message(payload: payload)
        guard authorities.contains(where: { cryptography.verify(signature, message, $0) }) else {
            throw .signatureInvalid
        }
    }

    private static func decode(_ payload: [UInt8]) throws(WireError) -> PurgeOrder {
        var reader = CBORReader(payload)
        let start = reader.offset
        try reader.array("purge order", exactly: 4)
        try reader.tag("stoep/1 purge")
        let space = SpaceID(try reader.bytes32("space"))
        let device = VerifyingKey(try reader.bytes32("device key"))
        let logs = try reader.logs("logs")
        guard !logs.isEmpty else { throw .malformed("logs", at: start) }
        try reader.finish()
        return PurgeOrder(space: space, device: device, logs: logs)
    }
}
