import StoepModel

/// The key under which the pieces of one sealed log are sealed: drawn for it, used for nothing else.
package struct BundleKey: Sendable {
    private let key: Bytes32
    private let space: SpaceID
    /// The place of the sealed log in the manifest, from 0.
    private let index: UInt32

    /// - Parameter key: 32 random bytes.
    package init(_ key: Bytes32, space: SpaceID, index: Int) {
        self.key = key
        self.space = space
        self.index = UInt32(truncatingIfNeeded: index)
    }

    /// The key of the sealed log at this place of the manifest; nil where it is not sealed to this reader.
    package init?(of manifest: BundleManifest, at index: Int, _ opener: Opener, _ cryptography: Cryptography) {
        guard manifest.logs.indices.contains(index) else { return nil }
        let info = Self.info(manifest.space, UInt32(truncatingIfNeeded: index))
        let hint = Self.hint(opener.publicKey, cryptography)
        for recipient in manifest.logs[index].recipients where recipient.hint == hint {
            guard let opened = opener.open(Sealed(enc: recipient.enc, ciphertext: recipient.key), info),
                let key = Bytes32(opened)
            else { continue }
            self.init(key, space: manifest.space, index: index)
            return
        }
        return nil
    }

    /// The key, sealed to a reader; nil where nothing can be sealed to theirs.
    /// - Parameter ephemeralSecret: 32 random bytes, for this recipient of this sealed log alone.
    package func sealed(
        to reader: SealingKey, ephemeralSecret: [UInt8], _ cryptography: Cryptography
    ) -> BundleRecipient? {
        let sealed = cryptography.sealing.seal(key.bytes, reader, Self.info(space, index), ephemeralSecret)
        guard let sealed, sealed.ciphertext.count == BundleRecipient.keyBytes else { return nil }
        return BundleRecipient(hint: Self.hint(reader, cryptography), enc: sealed.enc, key: sealed.ciphertext)
    }

    /// A piece as it stands in the file.
    /// - Parameter number: its place among the pieces of the sealed log, from 0; used once.
    package func seal(_ piece: BundlePiece, number: Int, _ cryptography: Cryptography) -> [UInt8] {
        cryptography.sealing.encrypt(piece.encoded(), key, Self.nonce(number), aad)
    }

    package func open(_ bytes: [UInt8], number: Int, _ cryptography: Cryptography) throws(BundleError) -> BundlePiece {
        guard let opened = cryptography.sealing.decrypt(bytes, key, Self.nonce(number), aad) else {
            throw .damaged("piece \(number) of sealed log \(index)")
        }
        do {
            return try BundlePiece(decoding: opened)
        } catch {
            throw .damaged("piece \(number) of sealed log \(index): \(error)")
        }
    }

    private var aad: [UInt8] { Self.bound(tagged("stoep/1 bundle piece"), space, index) }

    private static func info(_ space: SpaceID, _ index: UInt32) -> [UInt8] {
        bound(tagged("stoep/1 bundle key"), space, index)
    }

    private static func bound(_ tag: [UInt8], _ space: SpaceID, _ index: UInt32) -> [UInt8] {
        var out = tag + space.bytes
        out.append(bigEndian: index)
        return out
    }

    private static func nonce(_ number: Int) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: 4)
        out.append(bigEndian: UInt64(number))
        return out
    }

    private static func hint(_ reader: SealingKey, _ cryptography: Cryptography) -> UInt64 {
        cryptography.sha256(tagged("stoep/1 recipient") + reader.bytes).first
    }
}
