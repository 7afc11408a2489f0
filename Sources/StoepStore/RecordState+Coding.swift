import StoepMerge
import StoepModel
import StoepWire

/// The canonical content of a folded record: what is shown of it, and what the next edit names. Replicas that hold
/// the same have the same bytes here. Layout: `[collection, [point…], creation, [field…]]`, where a point is
/// `[actor, seq, check]` and everything else names points by their place in that table. Behind these four stands the
/// presence, where the record is not simply there: `[1]` for deleted, `[2, point…]` for revived; and
/// behind all that `[edge…], [parting…]`, where anybody ever joined the record with another. So there are 4 items, 5
/// (with the presence), 6 (with edges and partings) or 7 (with all three). A hidden record is `[null]`, whoever still
/// holds what it said; an erased one `[null, successor / null]`.
extension RecordState {
    package func encodedContent() throws(WireError) -> [UInt8] {
        if case .erased(let successor) = presence { return Self.content(erasedFor: successor) }
        if presence == .hidden { return [0x81, 0xf6] }
        guard let collection, let creation else { return [] }
        var points = PointTable()
        var body = CBORWriter(reserving: 512)
        body.array(3)
        body.unsigned(points.index(of: creation.point))
        body.unsigned(creation.time.milliseconds)
        if let member = creation.member { body.bytes(member) } else { body.null() }
        body.array(fields.count)
        for field in fields { try body.field(field, &points) }
        let isPresent = presence == .present
        let isJoined = !edges.isEmpty || !partings.isEmpty
        if !isPresent { body.presence(presence, &points) }
        if isJoined { body.joins(edges, partings, &points) }
        var writer = CBORWriter(reserving: body.count + 64)
        writer.array(4 + (isPresent ? 0 : 1) + (isJoined ? 2 : 0))
        writer.unsigned(UInt64(collection.rawValue))
        writer.array(points.points.count)
        for point in points.points { writer.point(point) }
        writer.raw(body.bytes)
        return writer.bytes
    }

    private static func content(erasedFor successor: RecordID?) -> [UInt8] {
        var writer = CBORWriter(reserving: 20)
        writer.array(2)
        writer.null()
        if let successor { writer.bytes(successor) } else { writer.null() }
        return writer.bytes
    }

    package init(id: RecordID, decoding bytes: [UInt8]) throws(StoreError) {
        self.init(id: id)
        if bytes.isEmpty { return }
        do {
            var reader = CBORReader(bytes)
            let at = reader.offset
            let count = try reader.array("record", atMost: 7)
            if count < 3, reader.null() {
                presence = .hidden
                if count == 2 {
                    presence = .erased(successor: reader.null() ? nil : RecordID(try reader.bytes16("successor")))
                }
                try reader.finish()
                return
            }
            guard count >= 4 else { throw WireError.malformed("record", at: at) }
            let number = CollectionNumber(rawValue: try reader.unsigned32("collection"))
            collection = number
            let points = try reader.items("points") { reader throws(WireError) in try reader.point() }
            let table = PointReader(points: points)
            try reader.array("creation", exactly: 3)
            let point = try table.point(&reader)
            let time = Timestamp(milliseconds: try reader.unsigned("time"))
            creation = Creation(
                point: point, time: time, member: reader.null() ? nil : RecordID(try reader.bytes16("member")))
            fields = try reader.items("fields") { reader throws(WireError) in try table.field(&reader) }
            if count == 5 || count == 7 { presence = try table.presence(&reader) }
            if count >= 6 {
                edges = try reader.items("edges") { reader throws(WireError) in try table.edge(&reader) }
                partings = try reader.items("partings") { reader throws(WireError) in try table.parting(&reader) }
            }
            try reader.finish()
        } catch {
            throw .damaged("stoep.db: record \(id)")
        }
    }
}

private struct PointTable {
    private(set) var points: [ChangePoint] = []
    private var indices: [ChangePoint: UInt64] = [:]

    mutating func index(of point: ChangePoint) -> UInt64 {
        // Most records were written by one save.
        if let last = points.last, last == point { return UInt64(points.count - 1) }
        if let known = indices[point] { return known }
        let index = UInt64(points.count)
        points.append(point)
        indices[point] = index
        return index
    }
}

extension CBORWriter {
    fileprivate mutating func element(_ element: ElementID, _ points: inout PointTable) {
        unsigned(points.index(of: element.point))
        unsigned(UInt64(element.offset))
    }

    /// `[number, 0, [value, point, offset, lamport, time]…]`, `[number, 1, [value, point, offset…]…]`,
    /// `[number, 2, text]`, `[number, 3, [high, low]]`, the two halves of 128 bits, or
    /// `[number, 4, [item, slot, [element…], [value…]]…]`, with items, slots and elements as point and offset.
    fileprivate mutating func field(_ entry: FieldEntry, _ points: inout PointTable) throws(WireError) {
        array(3)
        unsigned(UInt64(entry.number.rawValue))
        switch entry.state {
        case .register(let values):
            unsigned(0)
            array(values.count)
            for value in values { try register(value, &points) }
        case .set(let members):
            unsigned(1)
            array(members.count)
            for member in members {
                array(1 + 2 * member.adds.count)
                try value(member.value)
                for add in member.adds { element(add, &points) }
            }
        case .text(let text):
            unsigned(2)
            self.text(text)
        case .counter(let sum):
            unsigned(3)
            array(2)
            signed(Int64(truncatingIfNeeded: sum >> 64))
            unsigned(UInt64(truncatingIfNeeded: sum))
        case .list(let items):
            unsigned(4)
            array(items.count)
            for item in items {
                array(6)
                element(item.id, &points)
                element(item.slot, &points)
                array(2 * item.elements.count)
                for one in item.elements { element(one, &points) }
                array(item.values.count)
                for value in item.values { try register(value, &points) }
            }
        }
    }

    private mutating func register(_ value: RegisterValue, _ points: inout PointTable) throws(WireError) {
        array(5)
        try self.value(value.value)
        element(value.element, &points)
        unsigned(value.lamport)
        unsigned(value.time.milliseconds)
    }

    fileprivate mutating func presence(_ presence: RecordPresence, _ points: inout PointTable) {
        switch presence {
        case .present, .erased: return
        case .deleted:
            array(1)
            unsigned(1)
        case .revived(let changes):
            array(1 + changes.count)
            unsigned(2)
            for change in changes { unsigned(points.index(of: change)) }
        case .hidden:
            array(1)
            unsigned(3)
        }
    }
}

extension CBORWriter {
    /// `[[other, point, offset, time, [point, offset…]]…], [[other, point, offset, time]…]`.
    fileprivate mutating func joins(_ edges: [JoinEdge], _ partings: [Parting], _ points: inout PointTable) {
        array(edges.count)
        for edge in edges {
            array(5)
            bytes(edge.other)
            element(edge.element, &points)
            unsigned(edge.time.milliseconds)
            array(2 * edge.saw.count)
            for parting in edge.saw { element(parting, &points) }
        }
        array(partings.count)
        for parting in partings {
            array(4)
            bytes(parting.other)
            element(parting.element, &points)
            unsigned(parting.time.milliseconds)
        }
    }
}

extension CBORReader {
    /// An array of which each item is read by `item`; its room is made at once, within reason.
    fileprivate mutating func items<T>(
        _ what: String, _ item: (inout CBORReader) throws(WireError) -> T
    ) throws(WireError) -> [T] {
        let count = try array(what, atMost: .max)
        var items: [T] = []
        items.reserveCapacity(min(count, 64))
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }
}

private struct PointReader {
    let points: [ChangePoint]

    func edge(_ reader: inout CBORReader) throws(WireError) -> JoinEdge {
        try reader.array("edge", exactly: 5)
        let other = RecordID(try reader.bytes16("record"))
        let element = try element(&reader)
        let time = Timestamp(milliseconds: try reader.unsigned("time"))
        var saw: [ElementID] = []
        for _ in 0..<(try reader.array("saw", atMost: .max)) / 2 { saw.append(try self.element(&reader)) }
        return JoinEdge(other: other, element: element, time: time, saw: saw)
    }

    func parting(_ reader: inout CBORReader) throws(WireError) -> Parting {
        try reader.array("parting", exactly: 4)
        let other = RecordID(try reader.bytes16("record"))
        let element = try element(&reader)
        return Parting(other: other, element: element, time: Timestamp(milliseconds: try reader.unsigned("time")))
    }

    func point(_ reader: inout CBORReader) throws(WireError) -> ChangePoint {
        let at = reader.offset
        let index = try reader.unsigned32("point")
        guard Int(index) < points.count else { throw .malformed("point", at: at) }
        return points[Int(index)]
    }

    func element(_ reader: inout CBORReader) throws(WireError) -> ElementID {
        ElementID(point: try point(&reader), offset: try reader.unsigned32("offset"))
    }

    func field(_ reader: inout CBORReader) throws(WireError) -> FieldEntry {
        try reader.array("field", exactly: 3)
        let number = FieldNumber(rawValue: try reader.unsigned32("number"))
        let at = reader.offset
        switch try reader.unsigned("kind") {
        case 0:
            let values = try reader.items("values") { reader throws(WireError) in try register(&reader) }
            return FieldEntry(number: number, state: .register(values))
        case 1:
            var members: [SetMember] = []
            for _ in 0..<(try reader.array("members", atMost: .max)) {
                let count = try reader.array("member", atMost: .max)
                let value = try reader.value()
                var adds: [ElementID] = []
                for _ in 0..<(max(0, count - 1) / 2) { adds.append(try element(&reader)) }
                members.append(SetMember(value: value, adds: adds))
            }
            return FieldEntry(number: number, state: .set(members))
        case 2: return FieldEntry(number: number, state: .text(try reader.text("text", atMost: .max)))
        case 3:
            try reader.array("sum", exactly: 2)
            let high = Int128(try reader.signed("sum"))
            return FieldEntry(number: number, state: .counter(high << 64 | Int128(try reader.unsigned("sum"))))
        case 4:
            let items = try reader.items("items") { reader throws(WireError) in try item(&reader) }
            return FieldEntry(number: number, state: .list(items))
        default: throw .malformed("field", at: at)
        }
    }

    private func register(_ reader: inout CBORReader) throws(WireError) -> RegisterValue {
        try reader.array("value", exactly: 5)
        let value = try reader.value()
        let element = try element(&reader)
        return RegisterValue(
            value: value, element: element, lamport: try reader.unsigned("lamport"),
            time: Timestamp(milliseconds: try reader.unsigned("time")))
    }

    private func item(_ reader: inout CBORReader) throws(WireError) -> ListItem {
        try reader.array("item", exactly: 6)
        let id = try element(&reader)
        let slot = try element(&reader)
        var elements: [ElementID] = []
        for _ in 0..<(try reader.array("elements", atMost: .max)) / 2 { elements.append(try element(&reader)) }
        let values = try reader.items("values") { reader throws(WireError) in try register(&reader) }
        return ListItem(id: id, slot: slot, elements: elements, values: values)
    }

    func presence(_ reader: inout CBORReader) throws(WireError) -> RecordPresence {
        let at = reader.offset
        let count = try reader.array("presence", atMost: .max)
        switch try reader.unsigned("presence") {
        case 1: return .deleted
        case 2:
            var changes: [ChangePoint] = []
            for _ in 1..<max(1, count) { changes.append(try point(&reader)) }
            return .revived(by: changes)
        case 3: return .hidden
        default: throw .malformed("presence", at: at)
        }
    }
}
