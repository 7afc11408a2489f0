import StoepModel

/// Random numbers out of a seed, in a box that an `Environment` and a test share: the same seed, the same run.
package final class SeededRandom: RandomNumberGenerator {
    private var numbers: TextRandom

    package init(seed: UInt64) { numbers = TextRandom(seed: seed) }

    package func next() -> UInt64 { numbers.next() }

    /// From 0 up to, and without, the bound.
    package func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    /// True once in so many times.
    package func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }
    package func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) } }
    package func bytes16() -> Bytes16 { Bytes16(high: next(), low: next()) }

    package func pick<T>(_ from: [T]) -> T { from[below(from.count)] }

    package func shuffled<T>(_ list: [T]) -> [T] {
        var list = list
        for index in list.indices.dropFirst().reversed() { list.swapAt(index, below(index + 1)) }
        return list
    }

    private static let pieces = [
        "de", "straat", "café", "cafe\u{301}", "groen", "zorg", "👩‍🌾", "ruzie", "\r\n", "de buren", "'s avonds", "سلام",
        "speeltuin", "te duur",
    ]

    /// Words with what goes wrong most easily: two forms of é, an emoji of several scalars, a line end of two.
    package func text(words: Int) -> String {
        (0..<words).map { _ in pick(Self.pieces) }.joined(separator: " ")
    }
}

/// A clock that stands still until it is told to go on.
package final class TestClock {
    package var milliseconds: UInt64

    package init(milliseconds: UInt64 = 1_790_000_000_000) { self.milliseconds = milliseconds }

    package var now: Timestamp { Timestamp(milliseconds: milliseconds) }
    package func advance(_ milliseconds: UInt64 = 1000) { self.milliseconds &+= milliseconds }
}
