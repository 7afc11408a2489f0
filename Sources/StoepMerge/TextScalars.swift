/// The scalars of a text by the number of their element: one byte each while all of them fit, else four.
struct TextScalars: Sendable {
    private var narrow: ContiguousArray<UInt8> = []
    private var wide: ContiguousArray<UInt32> = []
    private var isWide = false
    /// Whether every scalar is below 128, so that bytes can be copied as they are.
    private var isASCII = true

    var count: Int { isWide ? wide.count : narrow.count }

    subscript(_ element: Int) -> UInt32 { isWide ? wide[element] : UInt32(narrow[element]) }

    mutating func append(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if !isWide {
            if value < 0x100 {
                if value >= 0x80 { isASCII = false }
                narrow.append(UInt8(truncatingIfNeeded: value))
                return
            }
            widen()
        }
        wide.append(value)
    }

    mutating func append(_ text: String, isASCII: Bool) {
        if isASCII, !isWide {
            narrow.append(contentsOf: text.utf8)
        } else if isASCII {
            for byte in text.utf8 { wide.append(UInt32(byte)) }
        } else {
            for scalar in text.unicodeScalars { append(scalar) }
        }
    }

    mutating func removeLast(_ count: Int) {
        if isWide { wide.removeLast(count) } else { narrow.removeLast(count) }
    }

    mutating func reserve(_ count: Int) {
        if isWide { wide.reserveCapacity(count) } else { narrow.reserveCapacity(count) }
    }

    /// The bytes of all scalars by element, where each of them is one byte of UTF-8.
    func withASCII<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result? {
        isASCII ? narrow.withUnsafeBufferPointer(body) : nil
    }

    /// Writes the scalars of a range of elements as UTF-8.
    func write(_ elements: Range<Int>, to utf8: inout [UInt8]) {
        if isASCII {
            utf8.append(contentsOf: narrow[elements])
        } else {
            for element in elements {
                if let scalar = Unicode.Scalar(self[element]) {
                    utf8.append(contentsOf: UTF8.encode(scalar) ?? .init())
                }
            }
        }
    }

    func text(_ elements: Range<Int>) -> String {
        var utf8: [UInt8] = []
        write(elements, to: &utf8)
        return String(decoding: utf8, as: UTF8.self)
    }

    func scalar(_ element: Int) -> Unicode.Scalar {
        // Only scalars were put in.
        Unicode.Scalar(self[element]) ?? "\u{fffd}"
    }

    private mutating func widen() {
        wide.reserveCapacity(narrow.count + narrow.count / 2 + 16)
        for byte in narrow { wide.append(UInt32(byte)) }
        narrow = []
        isWide = true
        isASCII = false
    }
}
