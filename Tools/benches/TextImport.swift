import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// From wire bytes to an editable document and its text.
enum TextImport {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private static let foreign = Failure(description: "a segment of a device that the bench does not know")

    /// Every hash and signature is checked; this is all that stands between a file and a document but the store.
    static func verified(_ segments: [[UInt8]], _ devices: [ActorID: VerifyingKey]) throws -> TextDocument {
        var changes: [(point: ChangePoint, lamport: UInt64, payload: [UInt8])] = []
        var chains: [ActorID: [ChangePoint]] = [:]
        var ends: [ActorID: (hash: ChangeHash, lamport: UInt64)] = [:]
        for bytes in segments {
            let segment = try PackedSegment(decoding: bytes).unpacked()
            guard let device = devices[segment.actor] else { throw foreign }
            let verified = try segment.verify(
                base: ends[segment.actor], device: device, space: LogAuthor.space, cryptography: .openSSL)
            for change in verified {
                let point = ChangePoint(actor: segment.actor, seq: change.header.seq, check: change.hash.raw.first)
                chains[segment.actor, default: []].append(point)
                guard let payload = change.bodies[0]?.payload else { throw foreign }
                changes.append((point, change.header.lamport, payload))
            }
            if let last = verified.last { ends[segment.actor] = (last.hash, last.header.lamport) }
        }
        return try fold(&changes, chains)
    }

    /// The same for one who has the hashes already: what remains is inflating, decoding and merging.
    static func trusted(_ segments: [[UInt8]], _ chains: [ActorID: [ChangePoint]]) throws -> TextDocument {
        var changes: [(point: ChangePoint, lamport: UInt64, payload: [UInt8])] = []
        for bytes in segments {
            let segment = try PackedSegment(decoding: bytes).unpacked()
            guard let chain = chains[segment.actor] else { throw foreign }
            for (index, change) in segment.changes.enumerated() {
                guard case .body(let body) = change.blocks[0].content else { throw foreign }
                changes.append((chain[Int(segment.first) - 1 + index], change.lamport, body.payload))
            }
        }
        return try fold(&changes, chains)
    }

    private static func fold(
        _ changes: inout [(point: ChangePoint, lamport: UInt64, payload: [UInt8])], _ chains: [ActorID: [ChangePoint]]
    ) throws -> TextDocument {
        // One chain has its order already.
        if chains.count > 1 {
            changes.sort { ($0.lamport, $0.point.actor.raw) < ($1.lamport, $1.point.actor.raw) }
        }
        var document = TextDocument()
        // Bytes of payloads: somewhat more than there are scalars.
        document.beginImport(scalars: changes.reduce(0) { $0 + $1.payload.count }, changes: changes.count)
        for change in changes {
            let payload = try Payload(decoding: change.payload)
            guard let chain = chains[change.point.actor] else { throw foreign }
            let points = payload.table.map { entry in
                switch entry {
                case .own(let seq): chain[Int(seq) - 1]
                case .other(let point): point
                }
            }
            guard case .edit(_, let delta) = payload.operations[0] else { throw foreign }
            document.apply(delta, at: change.point, firstOffset: 0, points: points)
        }
        document.finishImport()
        return document
    }

    /// The keystrokes of one author, each an operation; every thousand of them become a change.
    static func typed(_ keystrokes: [TextEdit]) -> TextDocument {
        var document = TextDocument()
        var seq: UInt64 = 0
        let actor = ActorID(Bytes16(high: 1, low: 1))
        for start in stride(from: 0, to: keystrokes.count, by: 1000) {
            for edit in keystrokes[start..<min(start + 1000, keystrokes.count)] {
                document.replace(edit.position, deleting: edit.deleted, inserting: edit.inserted)
            }
            var table: [ChangePoint: UInt32] = [:]
            let delta = document.delta { point in
                if let entry = table[point] { return entry }
                table[point] = UInt32(table.count)
                return UInt32(table.count - 1)
            }
            guard delta != nil else { continue }
            seq += 1
            document.close(as: ChangePoint(actor: actor, seq: seq, check: seq), firstOffset: 0)
        }
        return document
    }
}
