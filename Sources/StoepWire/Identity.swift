import StoepModel

/// The canonical byte strings that identifiers are the SHA-256 of (`Protocol/README.md`, Identities). Each begins
/// with an ASCII tag of its own, so that no byte string stands for two things.
extension SpaceID {
    package init(root: VerifyingKey, _ cryptography: Cryptography) {
        self.init(cryptography.sha256(tagged("stoep/1 space") + root.bytes))
    }
}

extension ActorID {
    package init(space: SpaceID, birth: ActorBirth, _ cryptography: Cryptography) {
        let preimage = tagged("stoep/1 actor") + space.bytes + birth.device.bytes + birth.nonce.bytes
        self.init(cryptography.sha256(preimage).prefix16)
    }
}

extension RecordID {
    /// The record that the block with this index of the change creates.
    package init(createdBy change: ChangePoint, block: Int, _ cryptography: Cryptography) {
        var preimage = tagged("stoep/1 record")
        preimage.append(change.actor.raw)
        preimage.append(bigEndian: change.seq)
        preimage.append(bigEndian: change.check)
        preimage.append(bigEndian: UInt32(truncatingIfNeeded: block))
        self.init(cryptography.sha256(preimage).prefix16)
    }

    /// The record of the collection with this natural key.
    package init(_ collection: CollectionNumber, key: String, _ cryptography: Cryptography) {
        var preimage = tagged("stoep/1 key")
        preimage.append(bigEndian: collection.rawValue)
        preimage.append(contentsOf: key.utf8)
        self.init(cryptography.sha256(preimage).prefix16)
    }
}

extension Commitment {
    package init(to body: BlockBody, _ cryptography: Cryptography) {
        var scratch: [UInt8] = []
        self.init(to: body, cryptography, &scratch)
    }

    /// The same with storage of the caller's, for many in a row.
    init(to body: BlockBody, _ cryptography: Cryptography, _ scratch: inout [UInt8]) {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(body.salt)
        scratch.append(contentsOf: body.payload)
        self.init(cryptography.sha256(scratch))
    }
}

extension ChangeHash {
    /// h(0): what binds a chain to its space, log and actor.
    package static func origin(
        space: SpaceID, log: LogID, actor: ActorID, _ cryptography: Cryptography
    ) -> ChangeHash {
        ChangeHash(cryptography.sha256(tagged("stoep/1 chain") + space.bytes + actor.bytes + log.encoded()))
    }

    /// h(n), from h(n − 1) and the canonical bytes of header n.
    package func next(header: [UInt8], _ cryptography: Cryptography) -> ChangeHash {
        ChangeHash(cryptography.sha256(bytes + header))
    }
}

func tagged(_ tag: StaticString) -> [UInt8] {
    tag.withUTF8Buffer { Array($0) }
}
