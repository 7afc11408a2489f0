import StoepCrypto
import StoepModel
import StoepSQLite
import StoepWire

/// The private keys of a device: made on it, never leaving it.
package struct DeviceKeys: Sendable {
    package let signing: SigningKey
    package let agreement: AgreementKey

    /// Makes keys from the generator: 32 random bytes each.
    package init(random: (_ count: Int) -> [UInt8]) throws(StoreError) {
        try self.init(signingSeed: random(32), agreementSeed: random(32))
    }

    private init(signingSeed: [UInt8], agreementSeed: [UInt8]) throws(StoreError) {
        guard let signing = SigningKey(seed: signingSeed), let agreement = AgreementKey(secret: agreementSeed) else {
            throw StoreError.damaged("device.key")
        }
        self.signing = signing
        self.agreement = agreement
    }

    package var publicKey: VerifyingKey { signing.verifyingKey }
    package var sealingKey: SealingKey { SealingKey(Bytes32(agreement.publicKey) ?? .zero) }

    package var signer: Signer {
        signing.signer
    }

    /// The form in which the keys are kept: a file of mode 0600.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(signing.seed)
        writer.bytes(agreement.secret)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(StoreError) {
        let seeds: (signing: [UInt8], agreement: [UInt8])
        do {
            var reader = CBORReader(bytes)
            try reader.array("keys", exactly: 3)
            guard try reader.unsigned("version") == 1 else { throw StoreError.damaged("device.key") }
            seeds = (try reader.bytes32("seed").bytes, try reader.bytes32("seed").bytes)
            try reader.finish()
        } catch {
            throw .damaged("device.key")
        }
        try self.init(signingSeed: seeds.signing, agreementSeed: seeds.agreement)
    }
}
