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
        do {
            signing = try SigningKey(seed: signingSeed)
            agreement = try AgreementKey(privateKey: agreementSeed)
        } catch {
            throw StoreError.damaged("device.key")
        }
    }

    package var publicKey: VerifyingKey { signing.verifyingKey }
    package var sealingKey: SealingKey { agreement.sealingKey }

    package var signer: Signer {
        let key = signing
        return Signer(publicKey: publicKey, sign: { key.sign($0) })
    }

    /// The form in which the keys are kept: a file of mode 0600.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter()
        writer.array(3)
        writer.unsigned(1)
        writer.bytes(signing.seed)
        writer.bytes(agreement.privateKey)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(StoreError) {
        let seeds: (signing: [UInt8], agreement: [UInt8])
        do {
            var reader = CBORReader(bytes)
            try reader.array(count: 3)
            guard try reader.unsigned() == 1 else { throw StoreError.damaged("device.key") }
            seeds = (try reader.bytes(count: 32), try reader.bytes(count: 32))
            try reader.finish()
        } catch {
            throw .damaged("device.key")
        }
        try self.init(signingSeed: seeds.signing, agreementSeed: seeds.agreement)
    }
}
