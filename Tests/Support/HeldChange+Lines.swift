import StoepModel

/// A history told line by line: a change a line, and below it what each of its blocks says.
extension HeldChange {
    package var lines: [String] {
        let after = parent.map { " after \(Hex.encode($0.bytes.prefix(3)))" } ?? ""
        let head =
            "\(log) \(Rendering.point(point)) = \(Hex.encode(hash.bytes.prefix(3)))\(after), lamport \(lamport)"
        return [head]
            + blocks.indices.flatMap { index -> [String] in
                let name = blocks[index].subject == .created ? "creates \(record(index))" : "\(record(index))"
                switch blocks[index].content {
                case .missing: return ["    \(name): without its body"]
                case .malformed: return ["    \(name): does not decode"]
                case .payload(let payload):
                    let key = payload.key.map { ", key \($0)" } ?? ""
                    return ["    \(name), collection \(payload.collection.rawValue)\(key)"]
                        + payload.operations.map { "        \(words(of: $0, payload))" }
                }
            }
    }

    private func words(of operation: Operation, _ payload: Payload) -> String {
        func entry(_ entry: UInt32) -> String {
            guard Int(entry) < payload.table.count else { return "itself" }
            return switch payload.table[Int(entry)] {
            case .own(let seq): "own \(seq)"
            case .other(let point): Rendering.point(point)
            }
        }
        func one(_ reference: ElementReference) -> String { "\(entry(reference.entry))+\(reference.offset)" }
        func all(_ references: [ElementReference]) -> String { references.map(one).joined(separator: ", ") }
        func between(_ left: ElementReference?, _ right: ElementReference?) -> String {
            "between \(left.map(one) ?? "start") and \(right.map(one) ?? "end")"
        }
        switch operation {
        case .write(let field, let value, let overwrites):
            return "\(field.rawValue) write \(Rendering.value(value)) over [\(all(overwrites))]"
        case .add(let field, let value): return "\(field.rawValue) add \(Rendering.value(value))"
        case .remove(let field, let adds): return "\(field.rawValue) remove [\(all(adds))]"
        case .count(let field, let delta): return "\(field.rawValue) count \(delta)"
        case .place(let field, let left, let right, let value):
            return "\(field.rawValue) place \(Rendering.value(value)) \(between(left, right))"
        case .move(let field, let item, let left, let right):
            return "\(field.rawValue) move \(one(item)) \(between(left, right))"
        case .assign(let field, let item, let value, let overwrites):
            return "\(field.rawValue) assign \(one(item)) \(Rendering.value(value)) over [\(all(overwrites))]"
        case .edit(let field, let delta): return "\(field.rawValue) edit \(words(of: delta, entry))"
        case .deleteRecord(let heads): return "delete record, seen [\(heads.map(entry).joined(separator: ", "))]"
        case .eraseRecord(let successor): return "erase record for \(successor?.description ?? "nothing")"
        case .same(let other, let saw): return "same as \(other), saw [\(all(saw))]"
        case .apart(let edges): return "apart [\(all(edges))]"
        case .unknown(let bytes): return "unknown \(Hex.encode(bytes))"
        }
    }

    private func words(of delta: TextDelta, _ entry: (UInt32) -> String) -> String {
        func one(_ anchor: TextDelta.Anchor) -> String {
            anchor.entry == 0 ? "these+\(anchor.offset)" : "\(entry(anchor.entry - 1))+\(anchor.offset)"
        }
        var rest = delta.text.unicodeScalars[...]
        let inserts = delta.inserts.map { insert -> String in
            let text = String(rest.prefix(Int(insert.count)))
            rest = rest.dropFirst(Int(insert.count))
            return "“\(Rendering.scalars(text))” between \(insert.left.map(one) ?? "start") and "
                + (insert.right.map(one) ?? "end")
        }
        return (inserts + delta.deletes.map { "without \(one($0.first)) ×\($0.count)" }).joined(separator: "; ")
    }
}
