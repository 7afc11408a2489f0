import CZlib
import StoepModel

/// A segment deflated: `[raw length, zlib stream]` (RFC 1950). Messages and bundles hold segments so, and inflate
/// one at a time.
///
/// Two deflaters give different bytes for one segment: it is what is inside that has one form.
package struct PackedSegment: Hashable, Sendable {
    /// Bytes once inflated, as declared.
    package let rawCount: Int
    package let stream: [UInt8]

    init(rawCount: Int, stream: [UInt8]) {
        self.rawCount = rawCount
        self.stream = stream
    }

    /// Inflates and decodes. Never allocates more than `Limits.segmentBytes`, nor more than a stream of this length
    /// could hold.
    package func unpacked() throws(WireError) -> Segment {
        try Segment(decoding: try inflated())
    }

    /// `[raw length, stream]`, with nothing around it: how a file holds it.
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(reserving: stream.count + 16)
        writer.segment(self)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        self = try reader.segment()
        try reader.finish()
    }
}

extension Segment {
    /// Refuses what no receiver would take.
    package func packed() throws(WireError) -> PackedSegment {
        let (bytes, cuts) = encodedParts()
        guard bytes.count <= Limits.segmentBytes else { throw .tooLarge("segment", at: bytes.count) }
        return PackedSegment(rawCount: bytes.count, stream: Deflate.stream(of: bytes, cutAt: cuts))
    }
}

extension PackedSegment {
    func inflated() throws(WireError) -> [UInt8] {
        guard rawCount <= Limits.segmentBytes else { throw .tooLarge("segment", at: 0) }
        // Deflate never does better than 1032 to 1 (RFC 1951: 258 bytes for two bits).
        guard rawCount / 1032 <= stream.count else { throw .malformed("inflated length", at: 0) }
        return try Deflate.inflate(stream, count: rawCount)
    }
}

extension CBORWriter {
    mutating func segment(_ segment: PackedSegment) {
        array(2)
        unsigned(UInt64(segment.rawCount))
        bytes(segment.stream)
    }

    mutating func segments(_ segments: [PackedSegment]) {
        array(segments.count)
        for one in segments { segment(one) }
    }
}

extension CBORReader {
    mutating func segment() throws(WireError) -> PackedSegment {
        try array("packed segment", exactly: 2)
        let count = try unsigned("inflated length", atMost: UInt64(Limits.segmentBytes))
        return PackedSegment(
            rawCount: Int(count), stream: try bytes("stream", atMost: Limits.messageBytes))
    }

    mutating func segments() throws(WireError) -> [PackedSegment] {
        let count = try array("segments", atMost: Limits.segments)
        var out: [PackedSegment] = []
        out.reserveCapacity(count)
        for _ in 0..<count { out.append(try segment()) }
        return out
    }
}

extension Collection where Element == PackedSegment {
    /// Bytes of all of them together, once inflated.
    package var rawCount: Int { reduce(0) { $0 + $1.rawCount } }
}
