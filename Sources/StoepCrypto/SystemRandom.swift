import COpenSSL

/// The machine's own randomness, from OpenSSL's generator. Products pass it in; the simulator passes its own.
package struct SystemRandom: RandomNumberGenerator, Sendable {
    package init() {}

    package mutating func next() -> UInt64 {
        var value: UInt64 = 0
        withUnsafeMutableBytes(of: &value) { Self.fill($0) }
        return value
    }

    /// `count` unpredictable bytes.
    package static func bytes(_ count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
            initialized = count
        }
    }

    /// Fills a region. Without randomness nothing may go on, so failing traps.
    package static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress, !buffer.isEmpty else { return }
        guard RAND_bytes_ex(nil, start.assumingMemoryBound(to: UInt8.self), buffer.count, 0) == 1 else {
            preconditionFailure("no randomness: \(OpenSSLFailure.lastReason())")
        }
    }
}
