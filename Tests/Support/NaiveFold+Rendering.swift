import StoepMerge
import StoepModel

/// A record in words, the same for the naive fold and for the real one: what differs is read off at once.
extension NaiveRecord {
    package var rendering: String {
        var lines: [String] = []
        if let collection, let creation {
            lines.append(
                Rendering.head(collection, creation.point, creation.time, creation.member))
        }
        switch presence {
        case .present: break
        case .deleted: lines.append("deleted")
        case .revived(let by): lines.append("revived by " + by.map(Rendering.point).joined(separator: " "))
        case .hidden: lines.append("hidden")
        case .erased(let successor): lines.append("erased for \(successor?.description ?? "nothing")")
        }
        let known = Array(registers.keys) + Array(sets.keys) + Array(texts.keys) + Array(counters.keys) + Array(lists.keys)
        for field in known.sorted() {
            if let sum = counters[field] { lines.append("\(field.rawValue) Σ \(sum)") }
            for item in lists[field] ?? [] {
                lines.append(
                    Rendering.item(
                        field, item.id, item.slot, item.elements,
                        item.values.map { Rendering.register($0.value, $0.element, $0.lamport, $0.time) }))
            }
            if let values = registers[field] {
                lines.append(
                    "\(field.rawValue) = "
                        + values.map { Rendering.register($0.value, $0.element, $0.lamport, $0.time) }
                        .joined(separator: " | "))
            }
            if let members = sets[field] {
                lines.append(
                    "\(field.rawValue) ∋ "
                        + members.map { Rendering.member($0.value, $0.adds) }.joined(separator: " | "))
            }
            if let text = texts[field] { lines.append("\(field.rawValue) “\(Rendering.scalars(text))”") }
        }
        lines += joins.map { Rendering.edge($0.other, $0.element, $0.time, $0.saw.sorted()) }.sorted()
        lines += partings.map { Rendering.parting($0.other, $0.element, $0.time) }.sorted()
        lines.append("pending \(pending) missing \(missing)")
        lines += objections.map { Rendering.objection($0.point, $0.block, $0.offset, $0.reason) }
        return lines.joined(separator: "\n")
    }
}

extension RecordState {
    package var rendering: String {
        var lines: [String] = []
        if let collection, let creation {
            lines.append(Rendering.head(collection.rawValue, creation.point, creation.time, creation.member))
        }
        switch presence {
        case .present: break
        case .deleted: lines.append("deleted")
        case .revived(let changes): lines.append("revived by " + changes.map(Rendering.point).joined(separator: " "))
        case .hidden: lines.append("hidden")
        case .erased(let successor): lines.append("erased for \(successor?.description ?? "nothing")")
        }
        for entry in fields {
            switch entry.state {
            case .counter(let sum): lines.append("\(entry.number.rawValue) Σ \(sum)")
            case .list(let items):
                lines += items.map { item in
                    Rendering.item(
                        entry.number, item.id, item.slot, item.elements,
                        item.values.map { Rendering.register($0.value, $0.element, $0.lamport, $0.time) })
                }
            case .register(let values):
                lines.append(
                    "\(entry.number.rawValue) = "
                        + values.map { Rendering.register($0.value, $0.element, $0.lamport, $0.time) }
                        .joined(separator: " | "))
            case .set(let members):
                lines.append(
                    "\(entry.number.rawValue) ∋ "
                        + members.map { Rendering.member($0.value, $0.adds) }.joined(separator: " | "))
            case .text(let text): lines.append("\(entry.number.rawValue) “\(Rendering.scalars(text))”")
            }
        }
        lines += edges.map { Rendering.edge($0.other, $0.element, $0.time, $0.saw) }.sorted()
        lines += partings.map { Rendering.parting($0.other, $0.element, $0.time) }.sorted()
        lines.append("pending \(pending) missing \(missing)")
        lines += quarantined.map { Rendering.objection($0.point, Int($0.block), $0.offset, $0.reason.rawValue) }
        return lines.joined(separator: "\n")
    }
}

/// How the pieces of a record and of a history are written.
enum Rendering {
    /// The first line that differs, and below it all that both say.
    static func difference(_ folded: String, _ naive: String) -> String {
        let lines = [folded, naive].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        let at = zip(lines[0], lines[1]).prefix { $0 == $1 }.count
        let first = lines.map { at < $0.count ? String($0[at]) : "nothing" }
        return "folded:       \(first[0])\nfrom scratch: \(first[1])\n\nfolded:\n\(folded)\n\nfrom scratch:\n\(naive)"
    }

    static func point(_ point: ChangePoint) -> String {
        "\(Hex.encode(point.actor.bytes.prefix(3))).\(point.seq).\(String(point.check, radix: 16))"
    }

    static func element(_ element: ElementID) -> String { "\(point(element.point))+\(element.offset)" }

    static func head(_ collection: UInt32, _ at: ChangePoint, _ time: Timestamp, _ member: RecordID?) -> String {
        "collection \(collection) created \(point(at)) \(time.milliseconds) by \(member?.description ?? "authority")"
    }

    static func register(_ value: Value, _ at: ElementID, _ lamport: UInt64, _ time: Timestamp) -> String {
        "\(self.value(value)) @\(element(at)) \(lamport) \(time.milliseconds)"
    }

    static func item(
        _ field: FieldNumber, _ id: ElementID, _ slot: ElementID, _ elements: [ElementID], _ values: [String]
    ) -> String {
        "\(field.rawValue) • \(element(id)) at \(element(slot)) of \(elements.map(element).joined(separator: ",")): "
            + values.joined(separator: " | ")
    }

    static func member(_ value: Value, _ adds: [ElementID]) -> String {
        "\(self.value(value)) \(adds.map(element).joined(separator: ","))"
    }

    static func value(_ value: Value) -> String {
        switch value {
        case .bool(let value): "bool \(value)"
        case .integer(let value): "integer \(value)"
        case .text(let value): "text \(scalars(value))"
        case .bytes(let value): "bytes \(Hex.encode(value))"
        case .record(let value): "record \(value)"
        }
    }

    /// Scalar by scalar: two forms of é are two texts.
    static func scalars(_ text: String) -> String { text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }

    static func edge(_ other: RecordID, _ at: ElementID, _ time: Timestamp, _ saw: [ElementID]) -> String {
        "= \(other) @\(element(at)) \(time.milliseconds) saw \(saw.map(element).joined(separator: ","))"
    }

    static func parting(_ other: RecordID, _ at: ElementID, _ time: Timestamp) -> String {
        "≠ \(other) @\(element(at)) \(time.milliseconds)"
    }

    static func objection(_ at: ChangePoint, _ block: Int, _ offset: UInt32?, _ reason: String) -> String {
        "! \(reason) \(point(at)) block \(block)" + (offset.map { " offset \($0)" } ?? "")
    }
}
