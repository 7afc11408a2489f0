import StoepModel

/// Gathers an author's pieces into changes of so many keystrokes. A change ends earlier only where it would have to name
/// a change that names it, which no hash allows.
struct ChangeChunker {
    struct Chunk {
        let agent: Int
        let firstElement: Int
        var keystrokes = 0
        var pieces: [Int] = []
        var names: Set<Int> = []
        var lamport: UInt64 = 0
        var place = 0
    }

    private let pieces: [ElementRecorder.Piece]
    private let keystrokes: Int
    /// In an order in which everything follows what it names.
    private(set) var chunks: [Chunk] = []
    /// By agent, its chunks' first elements, ascending, and their numbers.
    private var starts: [Int: [(element: Int, chunk: Int)]] = [:]

    init(_ pieces: [ElementRecorder.Piece], keystrokes: Int) {
        self.pieces = pieces
        self.keystrokes = keystrokes
    }

    mutating func chunk() {
        var open: [Int: Int] = [:]
        var made: [Int: Int] = [:]
        for (index, piece) in pieces.enumerated() {
            let names = Set(named(piece).filter { $0.agent != piece.agent }.map(chunk(of:)))
            if let current = open[piece.agent],
                chunks[current].keystrokes + piece.keystrokes > keystrokes
                    || names.contains(where: { leads(from: $0, to: current) })
            {
                open[piece.agent] = nil
            }
            if open[piece.agent] == nil {
                let first = made[piece.agent, default: 0]
                var chunk = Chunk(agent: piece.agent, firstElement: first)
                if let before = starts[piece.agent]?.last?.chunk { chunk.names.insert(before) }
                open[piece.agent] = chunks.count
                starts[piece.agent, default: []].append((first, chunks.count))
                chunks.append(chunk)
            }
            let current = open[piece.agent] ?? 0
            chunks[current].names.formUnion(names)
            chunks[current].keystrokes += piece.keystrokes
            chunks[current].pieces.append(index)
            made[piece.agent, default: 0] += piece.inserts.reduce(0) { $0 + $1.count }
        }
        sort()
    }

    private func named(_ piece: ElementRecorder.Piece) -> [ElementRecorder.Element] {
        piece.inserts.flatMap { [$0.left, $0.right].compactMap { $0 } }
            + piece.deletes.flatMap { delete in
                (0..<delete.count).map {
                    ElementRecorder.Element(agent: delete.first.agent, number: delete.first.number + $0)
                }
            }
    }

    /// The chunk that has an element: the last that begins at or before it, and not the empty one after.
    private func chunk(of element: ElementRecorder.Element) -> Int {
        let all = starts[element.agent] ?? []
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].element <= element.number { low = middle + 1 } else { high = middle }
        }
        return all[low - 1].chunk
    }

    private func leads(from start: Int, to goal: Int) -> Bool {
        var queue = [start]
        var seen: Set<Int> = [start]
        while let chunk = queue.popLast() {
            if chunk == goal { return true }
            for next in chunks[chunk].names where seen.insert(next).inserted { queue.append(next) }
        }
        return false
    }

    /// Lamport stamps, and the order that they give.
    private mutating func sort() {
        var done = Array(repeating: false, count: chunks.count)
        func stamp(_ chunk: Int) {
            guard !done[chunk] else { return }
            done[chunk] = true
            for name in chunks[chunk].names { stamp(name) }
            chunks[chunk].lamport = 1 + (chunks[chunk].names.map { chunks[$0].lamport }.max() ?? 0)
        }
        for chunk in chunks.indices { stamp(chunk) }
        let order = chunks.indices.sorted { (chunks[$0].lamport, $0) < (chunks[$1].lamport, $1) }
        var places = Array(repeating: 0, count: chunks.count)
        for (place, chunk) in order.enumerated() { places[chunk] = place }
        chunks = order.map { chunks[$0] }
        for agent in starts.keys {
            starts[agent] = starts[agent]?.map { ($0.element, places[$0.chunk]) }
        }
        for (place, _) in chunks.enumerated() { chunks[place].place = place }
    }

    /// The payload of a chunk; `point` gives the points of those before it.
    func payload(_ chunk: Chunk, point: (Int) -> ChangePoint) -> Payload {
        var table: [TableEntry] = []
        var entries: [Int: UInt32] = [:]
        func anchor(_ element: ElementRecorder.Element) -> TextDelta.Anchor {
            let owner = self.chunk(of: element)
            let offset = UInt32(element.number - chunks[owner].firstElement)
            if owner == chunk.place { return TextDelta.Anchor(entry: 0, offset: offset) }
            if let entry = entries[owner] { return TextDelta.Anchor(entry: entry, offset: offset) }
            let named = point(owner)
            table.append(chunks[owner].agent == chunk.agent ? .own(seq: named.seq) : .other(named))
            entries[owner] = UInt32(table.count)
            return TextDelta.Anchor(entry: UInt32(table.count), offset: offset)
        }
        var delta = TextDelta()
        var deletes: [TextDelta.Anchor] = []
        for index in chunk.pieces {
            for insert in pieces[index].inserts {
                let (left, right) = (insert.left.map(anchor), insert.right.map(anchor))
                let count = UInt32(insert.count)
                if let left, left.entry == 0, left.offset + 1 == delta.scalarCount, delta.inserts.last?.right == right,
                    let last = delta.inserts.popLast()
                {
                    delta.inserts.append(
                        TextDelta.Insert(left: last.left, right: last.right, count: last.count + count))
                } else {
                    delta.inserts.append(TextDelta.Insert(left: left, right: right, count: count))
                }
                delta.scalarCount += count
                delta.text += String(decoding: insert.utf8, as: UTF8.self)
            }
            for delete in pieces[index].deletes {
                for step in 0..<delete.count {
                    deletes.append(
                        anchor(
                            ElementRecorder.Element(agent: delete.first.agent, number: delete.first.number + step)))
                }
            }
        }
        var last: TextDelta.Anchor?
        for one in deletes.sorted(by: { ($0.entry, $0.offset) < ($1.entry, $1.offset) }) where one != last {
            if let last, last.entry == one.entry, last.offset + 1 == one.offset, let run = delta.deletes.popLast() {
                delta.deletes.append(TextDelta.Delete(first: run.first, count: run.count + 1))
            } else {
                delta.deletes.append(TextDelta.Delete(first: one, count: 1))
            }
            last = one
        }
        return Payload(collection: RecordedLog.collection, table: table, operations: [.edit(RecordedLog.field, delta)])
    }
}
