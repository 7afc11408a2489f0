import StoepModel

/// Appends deterministically encoded CBOR (RFC 8949 §4.2.1): shortest heads, definite lengths. It has no floats, no
/// tags, and of maps only the empty one, so whatever it writes `CBORReader` reads.
package struct CBORWriter: Sendable {
    package private(set) var bytes: [UInt8] = []

    package init(reserving count: Int = 0) {
        bytes.reserveCapacity(count)
    }

    package var count: Int { bytes.count }

    /// Starts over with the storage that is there.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    package mutating func unsigned(_ value: UInt64) {
        head(0, value)
    }

    package mutating func signed(_ value: Int64) {
        if value >= 0 { head(0, UInt64(value)) } else { head(1, UInt64(~value)) }
    }

    package mutating func bytes(_ value: [UInt8]) {
        head(2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func bytes(_ value: ArraySlice<UInt8>) {
        head(2, UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func bytes(_ value: Bytes16) {
        head(2, 16)
        bytes.append(value)
    }

    package mutating func bytes(_ value: Bytes32) {
        bytes(value.bytes)
    }

    package mutating func bytes(_ value: some ByteIdentifier) {
        bytes(value.bytes)
    }

    /// Eight bytes, most significant first: a check, a nonce.
    package mutating func check(_ value: UInt64) {
        head(2, 8)
        bytes.append(bigEndian: value)
    }

    package mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            head(3, UInt64(utf8.count))
            bytes.append(contentsOf: utf8)
        }
    }

    /// The head of an array; its items follow by further calls.
    package mutating func array(_ count: Int) {
        head(4, UInt64(count))
    }

    /// The empty map of a COSE unprotected header.
    package mutating func emptyMap() {
        bytes.append(0xa0)
    }

    package mutating func bool(_ value: Bool) {
        bytes.append(value ? 0xf5 : 0xf4)
    }

    package mutating func null() {
        bytes.append(0xf6)
    }

    /// One item that is deterministic CBOR already.
    package mutating func raw(_ item: [UInt8]) {
        bytes.append(contentsOf: item)
    }

    private mutating func head(_ major: UInt8, _ argument: UInt64) {
        let high = major << 5
        switch argument {
        case 0..<24:
            bytes.append(high | UInt8(argument))
        case 24...0xff:
            bytes.append(high | 24)
            bytes.append(UInt8(argument))
        case 0x100...0xffff:
            bytes.append(high | 25)
            bytes.append(bigEndian: UInt16(argument))
        case 0x1_0000...0xffff_ffff:
            bytes.append(high | 26)
            bytes.append(bigEndian: UInt32(argument))
        default:
            bytes.append(high | 27)
            bytes.append(bigEndian: argument)
        }
    }
}

extension Array where Element == UInt8 {
    /// Sixteen bytes, without an array of their own in between.
    mutating func append(_ value: Bytes16) {
        append(bigEndian: value.high)
        append(bigEndian: value.low)
    }
}
