extension JSON {
    package enum Layout: Sendable {
        /// One line, no blanks.
        case compact
        /// Two blanks a level, for people.
        case pretty
    }

    /// The value as JSON text; the same value gives the same bytes.
    package func text(_ layout: Layout = .compact) -> String {
        var writer = Writer(layout: layout)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}

extension JSON {
    /// The text of an object with one array, piece by piece: together the same text as that of the whole value.
    package struct List {
        private var writer: Writer
        private var isEmpty = true

        package init(_ key: String, _ layout: Layout) {
            writer = Writer(layout: layout)
            writer.begin(key)
        }

        package mutating func add(_ element: JSON) {
            if !isEmpty { writer.bytes.append(UInt8(ascii: ",")) }
            isEmpty = false
            writer.breakLine(depth: 2)
            writer.write(element, depth: 2)
        }

        /// Ends the array and the object: nothing is added any more.
        package mutating func end() {
            if !isEmpty { writer.breakLine(depth: 1) }
            writer.end()
        }

        /// What was added since this was asked last, once that is so many bytes.
        package mutating func text(from length: Int) -> String? {
            guard writer.bytes.count >= length else { return nil }
            defer { writer.bytes.removeAll(keepingCapacity: true) }
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}

private struct Writer {
    let layout: JSON.Layout
    var bytes: [UInt8] = []

    init(layout: JSON.Layout) { self.layout = layout }

    /// An object with one member, up to and with the bracket of its array.
    mutating func begin(_ key: String) {
        bytes.append(UInt8(ascii: "{"))
        breakLine(depth: 1)
        write(key: key)
        bytes.append(UInt8(ascii: "["))
    }

    mutating func end() {
        bytes.append(UInt8(ascii: "]"))
        breakLine(depth: 0)
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(key: String) {
        write(string: key)
        bytes.append(UInt8(ascii: ":"))
        if layout == .pretty { bytes.append(UInt8(ascii: " ")) }
    }

    mutating func write(_ value: JSON, depth: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let number): bytes += (Int64(exactly: number).map { String($0) } ?? String(number)).utf8
        case .string(let text): write(string: text)
        case .array(let elements):
            write(elements, between: ("[", "]"), depth: depth) { writer, element in
                writer.write(element, depth: depth + 1)
            }
        case .object(let members):
            write(members, between: ("{", "}"), depth: depth) { writer, member in
                writer.write(key: member.key)
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], between brackets: (String, String), depth: Int,
        each: (inout Writer, Element) -> Void
    ) {
        bytes += brackets.0.utf8
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(depth: depth + 1)
            each(&self, element)
        }
        if !elements.isEmpty { breakLine(depth: depth) }
        bytes += brackets.1.utf8
    }

    mutating func breakLine(depth: Int) {
        guard layout == .pretty else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
    }

    /// Everything that could steer a terminal or end a line is escaped, not only what JSON demands: the
    /// output is read by eye as often as by a program.
    private mutating func write(string text: String) {
        bytes.append(UInt8(ascii: "\""))
        // Nearly all that is written needs no escaping, and is copied as it stands.
        let isPlain = text.utf8.withContiguousStorageIfAvailable { utf8 in
            guard utf8.allSatisfy(Self.isPlain) else { return false }
            bytes.append(contentsOf: utf8)
            return true
        }
        if isPlain != true { write(escaping: text) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// A byte that stands for itself. What steers a terminal and is not ASCII begins with one of the last two.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00..<0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "\\"), 0xC2, 0xE2: false
        default: true
        }
    }

    private mutating func write(escaping text: String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case _ where scalar.steersTerminal: escape(scalar)
            case _ where scalar.isASCII: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
            default: bytes += Unicode.UTF8.encode(scalar)!
            }
        }
    }

    /// What steers a terminal lies in the first plane, so that one `\uXXXX` says it.
    private mutating func escape(_ scalar: Unicode.Scalar) {
        let digits = String(scalar.value, radix: 16)
        bytes += "\\u".utf8
        bytes += repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count)
        bytes += digits.utf8
    }
}
