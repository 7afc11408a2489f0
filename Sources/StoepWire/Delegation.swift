import StoepModel

/// The offline root's statement of who the authority is: the device key of the daemon, by which TLS keys laptops know
/// daemons, and with which cuts earlier authorities' changes end (`Protocol/README.md`, Delegation). The highest serial
/// counts.
package struct Delegation: Hashable, Sendable {
    package let root: VerifyingKey
    package let serial: UInt64
    package let authority: VerifyingKey
    /// The keys of the daemons' TLS certificates, in ascending order.
    package let daemons: [VerifyingKey]
    /// In ascending order.
    package let cuts: [Cut]

    package init(
        root: VerifyingKey, serial: UInt64, authority: VerifyingKey, daemons: [VerifyingKey] = [], cuts: [Cut] = []
    ) {
        self.root = root
        self.serial = serial
        self.authority = authority
        self.daemons = Set(daemons).sorted()
        self.cuts = Set(cuts).sorted()
    }

    /// The full COSE_Sign1 array, signed by the root.
    package func sign(with signer: Signer) -> [UInt8] {
        COSESign1.statement(payload(), by: signer)
    }

    /// Decodes a statement that the root of this space did sign.
    package init(
        verifying bytes: [UInt8], space: SpaceID, _ cryptography: Cryptography
    ) throws(StatementError) {
        let (payload, signature): ([UInt8], [UInt8])
        do throws(WireError) {
            (payload, signature) = try COSESign1.open(bytes)
            self = try Self.decode(payload)
        } catch {
            throw .wire(error)
        }
        guard SpaceID(root: root, cryptography) == space else { throw .spaceMismatch }
        guard cryptography.verify(signature, COSESign1.message(payload: payload), root) else {
            throw .signatureInvalid
        }
    }

    private func payload() -> [UInt8] {
        var writer = CBORWriter(reserving: 128 + 34 * daemons.count + 64 * cuts.count)
        writer.array(6)
        writer.text("stoep/1 delegation")
        writer.bytes(root)
        writer.unsigned(serial)
        writer.bytes(authority)
        writer.array(daemons.count)
        for daemon in daemons { writer.bytes(daemon) }
        writer.array(cuts.count)
        for cut in cuts { writer.cut(cut) }
        return writer.bytes
    }

    private static func decode(_ payload: [UInt8]) throws(WireError) -> Delegation {
        var reader = CBORReader(payload)
        try reader.array("delegation", exactly: 6)
        try reader.tag("stoep/1 delegation")
        let root = VerifyingKey(try reader.bytes32("root key"))
        let serial = try reader.unsigned("serial", atMost: Limits.counter)
        let authority = VerifyingKey(try reader.bytes32("authority key"))
        var daemons: [VerifyingKey] = []
        for _ in 0..<(try reader.array("daemons", atMost: Limits.daemons)) {
            let at = reader.offset
            let daemon = VerifyingKey(try reader.bytes32("daemon key"))
            if let last = daemons.last, last >= daemon { throw .notAscending("daemons", at: at) }
            daemons.append(daemon)
        }
        var cuts: [Cut] = []
        for _ in 0..<(try reader.array("cuts", atMost: Limits.frontierEntries)) {
            let at = reader.offset
            let cut = try reader.cut()
            if let last = cuts.last, last >= cut { throw .notAscending("cuts", at: at) }
            cuts.append(cut)
        }
        try reader.finish()
        return Delegation(root: root, serial: serial, authority: authority, daemons: daemons, cuts: cuts)
    }
}
