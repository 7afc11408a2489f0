import StoepModel

/// A document as a folded record keeps it: the text as it is read, and behind it the runs that make it editable again.
/// Reading takes the text alone; nothing is rebuilt until somebody edits (`TextDocument.init(_:)`).
///
/// It is never sent, and can always be made again from the log: so it has no version but that of the store it is in.
/// All numbers are unsigned LEB128: the length of the text, the text, then changes, stretches, origins, entries in document
/// order, and the scalars of tombstones.
package struct TextSnapshot: Hashable, Sendable {
    package let bytes: [UInt8]
    private let textRange: Range<Int>

    /// Nil where the bytes are no snapshot. Only the text's place is looked at.
    package init?(bytes: [UInt8]) {
        var reader = SnapshotReader(bytes, at: 0)
        guard let length = reader.number(), length <= bytes.count - reader.next else { return nil }
        textRange = reader.next..<reader.next + length
        self.bytes = bytes
    }

    fileprivate init(made bytes: [UInt8], text: Range<Int>) {
        self.bytes = bytes
        textRange = text
    }

    /// The text as it is shown.
    package var text: String { String(decoding: bytes[textRange], as: UTF8.self) }

    fileprivate var structure: Int { textRange.upperBound }
    fileprivate var visible: ArraySlice<UInt8> { bytes[textRange] }
}

extension TextDocument {
    /// Nil while something waits for what is not here, or was removed before it came: then only the log has all of it.
    package func snapshot() -> TextSnapshot? {
        guard open == nil, waiting.isEmpty,
            changes.allSatisfy({ $0.elements.removed.isEmpty && $0.point.seq <= Limits.counter })
        else { return nil }
        let text = utf8
        var out = SnapshotWriter()
        out.number(text.count)
        let start = out.bytes.count
        out.bytes += text
        out.number(changes.count)
        for change in changes {
            out.bytes += change.point.actor.raw.bytes
            out.number(Int(change.point.seq))
            out.number(Int(change.point.check >> 32))
            out.number(Int(change.point.check & 0xffff_ffff))
        }
        out.number(Int(tree.count))
        out.number(stretches.count)
        var last = 0
        for stretch in stretches {
            out.number(Int(stretch.element) - last)
            out.number(stretch.change)
            out.number(Int(stretch.offset))
            last = Int(stretch.element)
        }
        out.number(origins.runs.count - 1)
        last = 0
        for run in origins.runs.dropFirst() {
            out.number(Int(run.first) - last)
            out.number(Int(run.first) - Int(run.left))
            out.number(run.right == Self.end ? 0 : Int(run.right) + 1)
            last = Int(run.first)
        }
        var dead: [UInt8] = []
        var entries: [TextTree.Entry] = []
        tree.forEachEntry { entry in
            entries.append(entry)
            if entry.isDead { scalars.write(Int(entry.first)..<Int(entry.end), to: &dead) }
        }
        out.number(entries.count)
        for entry in entries {
            out.number(Int(entry.first))
            out.number(Int(entry.length) << 1 | (entry.isDead ? 1 : 0))
        }
        out.bytes += dead
        return TextSnapshot(made: out.bytes, text: start..<start + text.count)
    }

    /// A document that goes on where the snapshot was taken; nil where its bytes are damaged.
    package init?(_ snapshot: TextSnapshot) {
        self.init()
        var reader = SnapshotReader(snapshot.bytes, at: snapshot.structure)
        guard readChanges(&reader), let count = reader.number(), count > 0, count < Int(UInt32.max),
            readStretches(&reader, count), readOrigins(&reader, count), let entries = reader.entries(count)
        else { return nil }
        let tombstones = snapshot.bytes[reader.next...]
        guard let scalars = Self.scalars(entries, count, snapshot.visible, tombstones) else { return nil }
        self.scalars = scalars
        tree = TextTree(
            entries: ContiguousArray(entries), count: UInt32(truncatingIfNeeded: count),
            labels: ContiguousArray(repeating: 0, count: count))
    }

    private mutating func readChanges(_ reader: inout SnapshotReader) -> Bool {
        guard let count = reader.count() else { return false }
        for _ in 0..<count {
            guard let actor = reader.bytes16(), let seq = reader.number(), let high = reader.number(),
                let low = reader.number(), high <= UInt32.max, low <= UInt32.max
            else { return false }
            let point = ChangePoint(
                actor: ActorID(actor), seq: UInt64(seq), check: UInt64(high) << 32 | UInt64(low))
            guard changeNumber(point) == changes.count - 1 else { return false }
        }
        return true
    }

    private mutating func readStretches(_ reader: inout SnapshotReader, _ elements: Int) -> Bool {
        guard let count = reader.count() else { return false }
        var found: [Stretch] = []
        var element = 0
        for index in 0..<count {
            guard let gap = reader.number(), let change = reader.number(), let offset = reader.number(),
                change < changes.count, gap > 0, index > 0 || gap == 1, gap < elements - element,
                offset <= UInt32.max
            else { return false }
            element += gap
            found.append(
                Stretch(
                    element: UInt32(truncatingIfNeeded: element), change: change,
                    offset: UInt32(truncatingIfNeeded: offset)))
        }
        guard elements == 1 || count > 0 else { return false }
        for (index, stretch) in found.enumerated() {
            let end = index + 1 < found.count ? Int(found[index + 1].element) : elements
            let offsets = Int(stretch.offset)..<Int(stretch.offset) + end - Int(stretch.element)
            guard offsets.upperBound <= Int(UInt32.max) + 1, !changes[stretch.change].elements.holdsAny(of: offsets)
            else { return false }
            changes[stretch.change].add(offsets, element: stretch.element)
            stretches.append(stretch)
        }
        return true
    }

    private mutating func readOrigins(_ reader: inout SnapshotReader, _ elements: Int) -> Bool {
        guard let count = reader.count() else { return false }
        var first = 0
        for index in 0..<count {
            guard let gap = reader.number(), let back = reader.number(), let right = reader.number(), gap > 0,
                index > 0 || gap == 1, gap < elements - first, back > 0, back <= first + gap, right <= first + gap
            else { return false }
            first += gap
            origins.append(
                TextOrigins.Run(
                    first: UInt32(truncatingIfNeeded: first), left: UInt32(truncatingIfNeeded: first - back),
                    right: right == 0 ? Self.end : UInt32(truncatingIfNeeded: right - 1)))
        }
        return elements == 1 || count > 0
    }

    /// The scalars by element, out of those in document order.
    private static func scalars(
        _ entries: [TextTree.Entry], _ count: Int, _ visible: ArraySlice<UInt8>, _ dead: ArraySlice<UInt8>
    ) -> TextScalars? {
        var shown = String(decoding: visible, as: UTF8.self).unicodeScalars.makeIterator()
        var hidden = String(decoding: dead, as: UTF8.self).unicodeScalars.makeIterator()
        var all = [Unicode.Scalar](repeating: "\0", count: count)
        for entry in entries {
            for element in Int(entry.first)..<Int(entry.end) {
                guard let scalar = entry.isDead ? hidden.next() : shown.next() else { return nil }
                all[element] = scalar
            }
        }
        guard shown.next() == nil, hidden.next() == nil else { return nil }
        var scalars = TextScalars()
        for scalar in all { scalars.append(scalar) }
        return scalars
    }
}

private struct SnapshotWriter {
    var bytes: [UInt8] = []

    mutating func number(_ value: Int) {
        var value = UInt64(value)
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: value))
    }
}

private struct SnapshotReader {
    private let bytes: [UInt8]
    private(set) var next: Int

    init(_ bytes: [UInt8], at start: Int) {
        self.bytes = bytes
        next = start
    }

    mutating func number() -> Int? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while next < bytes.count, shift < 63 {
            let byte = bytes[next]
            next += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int(value) }
            shift += 7
        }
        return nil
    }

    /// A count of things that take a byte each at least.
    mutating func count() -> Int? {
        guard let count = number(), count <= bytes.count - next else { return nil }
        return count
    }

    mutating func bytes16() -> Bytes16? {
        guard bytes.count - next >= 16 else { return nil }
        defer { next += 16 }
        return Bytes16(bytes[next..<next + 16])
    }

    /// Entries that begin with the start of the text and hold every element once.
    mutating func entries(_ elements: Int) -> [TextTree.Entry]? {
        guard let count = count() else { return nil }
        var entries: [TextTree.Entry] = []
        entries.reserveCapacity(count)
        var isSeen = [Bool](repeating: false, count: min(elements, bytes.count * Int(TextTree.longest)))
        var seen = 0
        for _ in 0..<count {
            guard let first = number(), let packed = number() else { return nil }
            let length = packed >> 1
            guard length > 0, length <= Int(TextTree.longest), first < isSeen.count, length <= isSeen.count - first,
                !entries.isEmpty || (first == 0 && packed & 1 == 1)
            else { return nil }
            for element in first..<first + length {
                guard !isSeen[element] else { return nil }
                isSeen[element] = true
            }
            seen += length
            entries.append(
                TextTree.Entry(
                    first: UInt32(truncatingIfNeeded: first), length: UInt32(truncatingIfNeeded: length),
                    isDead: packed & 1 == 1))
        }
        return seen == elements ? entries : nil
    }
}
