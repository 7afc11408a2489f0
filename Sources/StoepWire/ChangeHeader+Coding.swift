import StoepModel

/// The canonical bytes of a header, which the chain hashes: `[1, seq, lamport, time, [block…]]`, and exactly where
/// seq is 1 a sixth item `[device key, nonce]` (`Protocol/README.md`, Changes).
extension ChangeHeader {
    package func encoded() -> [UInt8] {
        var writer = CBORWriter(reserving: 48 + 56 * blocks.count + (birth == nil ? 0 : 64))
        write(to: &writer)
        return writer.bytes
    }

    func write(to writer: inout CBORWriter) {
        writer.array(birth == nil ? 5 : 6)
        writer.unsigned(1)
        writer.unsigned(seq)
        writer.unsigned(lamport)
        writer.unsigned(time.milliseconds)
        writer.array(blocks.count)
        for block in blocks {
            switch block.subject {
            case .created:
                writer.array(1)
                writer.bytes(block.commitment)
            case .record(let id):
                writer.array(2)
                writer.bytes(block.commitment)
                writer.bytes(id.raw)
            }
        }
        if let birth { writer.birth(birth) }
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = CBORReader(bytes)
        let items = try reader.versioned("header", 5...6)
        let seq = try reader.seq()
        guard (items == 6) == (seq == 1) else { throw .malformed("birth", at: 0) }
        let lamport = try reader.unsigned("lamport", atMost: Limits.counter)
        let time = try reader.timestamp()
        let start = reader.offset
        let count = try reader.array("blocks", atMost: Limits.blocks)
        guard count > 0 else { throw .malformed("blocks", at: start) }
        var blocks: [BlockHeader] = []
        blocks.reserveCapacity(count)
        for _ in 0..<count {
            let at = reader.offset
            let items = try reader.array("block", atMost: 2)
            guard items > 0 else { throw .malformed("block", at: at) }
            let commitment = Commitment(try reader.bytes32("commitment"))
            let subject: Subject = items == 2 ? .record(RecordID(try reader.bytes16("record"))) : .created
            blocks.append(BlockHeader(subject: subject, commitment: commitment))
        }
        let birth = items == 6 ? try reader.birth() : nil
        try reader.finish()
        self.init(seq: seq, lamport: lamport, time: time, blocks: blocks, birth: birth)
    }
}
