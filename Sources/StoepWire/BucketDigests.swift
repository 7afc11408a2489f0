import StoepModel

/// One of 256 parts of all actors: those with this first byte.
package struct Bucket: Hashable, Comparable, Sendable {
    package let index: UInt8
    package init(index: UInt8) { self.index = index }
    package init(of actor: ActorID) { index = UInt8(truncatingIfNeeded: actor.raw.high >> 56) }
    package static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// A set of buckets, 32 bytes on the wire: bucket b is bit b mod 8, the lowest being 0, of byte b div 8.
package struct BucketSet: Hashable, Sendable {
    package private(set) var bits: [UInt8]

    package init() { bits = Array(repeating: 0, count: Limits.buckets / 8) }

    package init(_ buckets: some Sequence<Bucket>) {
        self.init()
        for bucket in buckets { insert(bucket) }
    }

    package static let all = BucketSet((0...UInt8.max).map(Bucket.init(index:)))

    package var isEmpty: Bool { bits.allSatisfy { $0 == 0 } }

    package mutating func insert(_ bucket: Bucket) {
        bits[Int(bucket.index >> 3)] |= 1 << (bucket.index & 7)
    }

    package func contains(_ bucket: Bucket) -> Bool {
        bits[Int(bucket.index >> 3)] & 1 << (bucket.index & 7) != 0
    }

    fileprivate init(bits: [UInt8]) { self.bits = bits }
}

/// A frontier in 2 KiB: for each bucket, the first 8 bytes of SHA-256 over what it holds. Two peers without a common
/// position compare these, and then only the buckets that differ (`Protocol/README.md`, Digests).
package struct BucketDigests: Hashable, Sendable {
    /// As many as `Limits.buckets`; 0 where a bucket is empty.
    package let digests: [UInt64]

    package init(of frontier: HeadList, _ cryptography: Cryptography) {
        var preimages = [[UInt8]](repeating: [], count: Limits.buckets)
        // A frontier is sorted by log, then actor, seq and check: so is what falls into each bucket.
        for entry in frontier.entries {
            let log = entry.log.encoded()
            for head in entry.heads {
                let bucket = Int(Bucket(of: head.actor).index)
                preimages[bucket].append(contentsOf: log)
                preimages[bucket].append(head.actor.raw)
                preimages[bucket].append(bigEndian: head.seq)
                preimages[bucket].append(bigEndian: head.check)
            }
        }
        digests = preimages.map { $0.isEmpty ? 0 : cryptography.sha256($0).first }
    }

    /// The buckets in which two frontiers are not the same.
    package func differing(from other: BucketDigests) -> BucketSet {
        var out = BucketSet()
        for (index, pair) in zip(digests, other.digests).enumerated() where pair.0 != pair.1 {
            out.insert(Bucket(index: UInt8(truncatingIfNeeded: index)))
        }
        return out
    }

    fileprivate init(digests: [UInt64]) { self.digests = digests }
}

extension CBORWriter {
    mutating func buckets(_ set: BucketSet) {
        bytes(set.bits)
    }

    mutating func digests(_ value: BucketDigests) {
        var out: [UInt8] = []
        out.reserveCapacity(8 * Limits.buckets)
        for digest in value.digests { out.append(bigEndian: digest) }
        bytes(out)
    }
}

extension CBORReader {
    mutating func buckets() throws(WireError) -> BucketSet {
        BucketSet(bits: Array(slice(try exactly(Limits.buckets / 8, "buckets"))))
    }

    mutating func digests() throws(WireError) -> BucketDigests {
        let range = try exactly(8 * Limits.buckets, "digests")
        return BucketDigests(digests: (0..<Limits.buckets).map { word(at: range.lowerBound + 8 * $0) })
    }
}
