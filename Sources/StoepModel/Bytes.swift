/// A value of a fixed number of bytes, ordered byte by byte.
public protocol FixedBytes: Hashable, Comparable, Sendable {
    /// How many bytes such a value has.
    static var count: Int { get }
    /// Takes exactly `count` bytes, or gives nil.
    init?(_ bytes: some Collection<UInt8>)
    /// The bytes, first to last.
    var bytes: [UInt8] { get }
}

/// Sixteen bytes, held as two big-endian words so that comparing and hashing touch no heap.
public struct Bytes16: FixedBytes {
    public static let count = 16
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        (high, low) = bytes.bigEndianWords { ($0[0], $0[1]) }
    }

    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.count)
        out.append(bigEndian: high)
        out.append(bigEndian: low)
        return out
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.high, a.low) < (b.high, b.low)
    }
}

/// Thirty-two bytes, held as four big-endian words.
public struct Bytes32: FixedBytes {
    public static let count = 32
    /// The first eight bytes, as a number: what a reference carries of a hash.
    public let first: UInt64
    let second: UInt64
    let third: UInt64
    let fourth: UInt64

    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        (first, second, third, fourth) = bytes.bigEndianWords { ($0[0], $0[1], $0[2], $0[3]) }
    }

    init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        self.first = first
        self.second = second
        self.third = third
        self.fourth = fourth
    }

    /// All bytes zero: where a chain or a sum of digests begins.
    public static let zero = Bytes32(0, 0, 0, 0)

    /// The first sixteen bytes.
    public var prefix16: Bytes16 { Bytes16(high: first, low: second) }

    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Self.count)
        out.append(bigEndian: first)
        out.append(bigEndian: second)
        out.append(bigEndian: third)
        out.append(bigEndian: fourth)
        return out
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.first, a.second, a.third, a.fourth) < (b.first, b.second, b.third, b.fourth)
    }

    /// The sum as a 256-bit number, dropping the carry out of the top. Sums of digests are equal whatever
    /// the order of the terms, and a term can be taken out again by `-`.
    public static func &+ (a: Self, b: Self) -> Self {
        let (d, c0) = a.fourth.addingReportingOverflow(b.fourth)
        let (c, c1) = add(a.third, b.third, c0)
        let (m, c2) = add(a.second, b.second, c1)
        let (f, _) = add(a.first, b.first, c2)
        return Self(f, m, c, d)
    }

    /// The difference as a 256-bit number, modulo 2²⁵⁶.
    public static func &- (a: Self, b: Self) -> Self {
        a &+ (Self(~b.first, ~b.second, ~b.third, ~b.fourth) &+ Self(0, 0, 0, 1))
    }

    private static func add(_ a: UInt64, _ b: UInt64, _ carry: Bool) -> (UInt64, Bool) {
        let (sum, over) = a.addingReportingOverflow(b)
        let (all, again) = sum.addingReportingOverflow(carry ? 1 : 0)
        return (all, over || again)
    }
}

/// An identifier that is a fixed number of bytes: each kind has its own type, so that an actor can never be
/// passed where a record is meant.
public protocol ByteIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    associatedtype Raw: FixedBytes
    init(_ raw: Raw)
    var raw: Raw { get }
}

extension ByteIdentifier {
    /// Takes exactly as many bytes as such an identifier has, or gives nil.
    public init?(bytes: some Collection<UInt8>) {
        guard let raw = Raw(bytes) else { return nil }
        self.init(raw)
    }

    public var bytes: [UInt8] { raw.bytes }
    /// Lower-case hexadecimal.
    public var description: String { Hex.encode(raw.bytes) }
    public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
}

/// Hexadecimal, as identifiers are shown and typed.
public enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var out: [UInt8] = []
        for byte in bytes {
            out.append(digits[Int(byte >> 4)])
            out.append(digits[Int(byte & 15)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// Nil for an odd number of digits or anything that is no digit.
    public static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            guard let digit = value(of: character) else { return nil }
            if let first = high {
                out.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? out : nil
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }
}

extension Array where Element == UInt8 {
    /// Appends a word, most significant byte first. Inlinable: called through a table, it costs more than the bytes.
    @inlinable
    public mutating func append(bigEndian word: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
    }
}

/// Big-endian words on bytes whose count has been checked.
private struct BigEndianWords {
    let bytes: UnsafeRawBufferPointer

    subscript(place: Int) -> UInt64 {
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place * 8, as: UInt64.self))
    }
}

extension Collection<UInt8> {
    /// Lends the bytes as words. What lies in one piece, as nearly everything does, is not read byte by byte: a generic
    /// loop over a collection of another module costs a call through a table for each.
    fileprivate func bigEndianWords<T>(_ body: (BigEndianWords) -> T) -> T {
        withContiguousStorageIfAvailable { body(BigEndianWords(bytes: UnsafeRawBufferPointer($0))) }
            ?? Array(self).withUnsafeBytes { body(BigEndianWords(bytes: $0)) }
    }
}
