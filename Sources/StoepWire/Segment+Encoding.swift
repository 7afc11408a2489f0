import StoepModel

/// `[1, log, actor, first, base, birth, [lamport delta…], [time delta…], [[block…]…], [back…], salts, signature]`:
/// columns, so that it deflates well.
///
/// A payload travels in two pieces, its front in the block and its back in a column, where the texts then stand
/// together: on street rounds that saves 13 bytes a record, because deflate looks back no further than 32 KiB. Where
/// the cut is, is the sender's choice, like a deflater's choices; nothing that is signed depends on it.
extension Segment {
    package func encoded() -> [UInt8] {
        encodedParts().bytes
    }

    /// Also where bytes of another nature begin (the blocks, the backs, the salts), so that each is compressed with
    /// codes of its own.
    func encodedParts() -> (bytes: [UInt8], cuts: [Int]) {
        var size = 192
        for change in changes {
            size += 12
            for block in change.blocks {
                if case .body(let body) = block.content { size += body.payload.count + 40 } else { size += 60 }
            }
        }
        var writer = CBORWriter(reserving: size)
        writer.array(12)
        writer.unsigned(1)
        writer.log(log)
        writer.bytes(actor.raw)
        writer.unsigned(first)
        if let base { writer.check(base) } else { writer.null() }
        if let birth { writer.birth(birth) } else { writer.null() }
        writeStamps(to: &writer)
        var cuts = [writer.count]
        var bodies = Bodies(reserving: changes.count)
        writer.array(changes.count)
        for change in changes {
            writer.array(change.blocks.count)
            for block in change.blocks { bodies.write(block, to: &writer) }
        }
        cuts.append(writer.count)
        writer.array(bodies.backs.count)
        for back in bodies.backs { writer.bytes(back) }
        cuts.append(writer.count)
        writer.bytes(bodies.salts)
        writer.bytes(signature.bytes)
        return (writer.bytes, cuts)
    }

    /// Differences wrap rather than trap: stamps out of bounds give what every receiver refuses.
    private func writeStamps(to writer: inout CBORWriter) {
        writer.array(changes.count)
        var lamport: UInt64?
        for change in changes {
            if let lamport {
                writer.signed(Int64(bitPattern: change.lamport &- lamport &- 1))
            } else {
                writer.unsigned(change.lamport)
            }
            lamport = change.lamport
        }
        writer.array(changes.count)
        var time: UInt64?
        for change in changes {
            if let time {
                writer.signed(Int64(bitPattern: change.time.milliseconds &- time))
            } else {
                writer.unsigned(change.time.milliseconds)
            }
            time = change.time.milliseconds
        }
    }
}

/// What of the bodies travels in columns of its own, gathered while the blocks are written.
private struct Bodies {
    var backs: [ArraySlice<UInt8>] = []
    var salts: [UInt8] = []

    init(reserving count: Int) {
        backs.reserveCapacity(count)
        salts.reserveCapacity(16 * count)
    }

    mutating func write(_ block: SegmentBlock, to writer: inout CBORWriter) {
        var record: RecordID?
        if case .record(let id) = block.subject { record = id }
        switch block.content {
        case .body(let body):
            writer.array(record == nil ? 1 : 2)
            let cut = Payload.textStart(in: body.payload)
            writer.bytes(body.payload[..<cut])
            backs.append(body.payload[cut...])
            salts.append(body.salt)
        case .missing(let commitment):
            writer.array(record == nil ? 2 : 3)
            writer.null()
            writer.bytes(commitment)
        }
        if let record { writer.bytes(record.raw) }
    }
}
