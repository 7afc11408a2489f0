import StoepTestSupport

/// What happened in a run, as lines that a person can follow, and as a hash: two runs that did the same have the same.
package final class Trace {
    /// FNV-1a, 64 bits: it tells runs apart, and proves nothing.
    package private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    package private(set) var lines = 0
    private let echo: ((String) -> Void)?

    package init(echo: ((String) -> Void)? = nil) {
        self.echo = echo
    }

    func callAsFunction(_ line: String) {
        lines += 1
        var line = line
        line.withUTF8 { mix($0) }
        echo?(line)
    }

    func mix(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    func mix(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { mix($0) }
    }
}

/// Numbers for one purpose of a run: whatever is left out elsewhere, they stay the same.
func stream(_ seed: UInt64, _ purpose: UInt64) -> SeededRandom {
    var mixed = (seed ^ 0x9e37_79b9_7f4a_7c15) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 29)) &+ purpose &* 0x94d0_49bb_1331_11eb
    return SeededRandom(seed: mixed ^ (mixed >> 32))
}
