import StoepCrypto
import StoepMerge
import StoepModel
import StoepWire

/// A recorded text as the log that its authors would have written: each author a device, each save a change of up to a
/// thousand keystrokes, each chain cut into signed segments.
struct RecordedLog {
    static let field = Field.Conversation.observation
    static let collection = CollectionNumber.conversation

    /// As they travel: signed, deflated.
    let segments: [[UInt8]]
    let devices: [ActorID: VerifyingKey]
    let changes: Int
    /// By device, the points of its changes: what verifying brings to light, for what is measured without it.
    let chains: [ActorID: [ChangePoint]]

    var bytes: Int { segments.reduce(0) { $0 + $1.count } }

    init(_ history: TraceFile.History, keystrokesPerChange: Int) throws {
        var recorder = ElementRecorder(history.onDevices)
        try recorder.replay()
        try self.init(recorder, keystrokesPerChange: keystrokesPerChange)
    }

    /// - Parameter recorder: one that has replayed its history.
    init(_ recorder: ElementRecorder, keystrokesPerChange: Int) throws {
        var chunker = ChangeChunker(recorder.pieces, keystrokes: keystrokesPerChange)
        chunker.chunk()
        var authors = (0..<recorder.agents.count).map { LogAuthor(number: $0) }
        var record: RecordID?
        var points: [ChangePoint] = []
        for chunk in chunker.chunks {
            let payload = chunker.payload(chunk) { points[$0] }
            let point = try authors[chunk.agent].save(payload, lamport: chunk.lamport, about: record)
            if record == nil { record = RecordID(createdBy: point, block: 0, .openSSL) }
            points.append(point)
        }
        segments = try authors.flatMap { try $0.segments() }.map { try $0.packed().encoded() }
        devices = Dictionary(uniqueKeysWithValues: authors.map { ($0.actor, $0.key.verifyingKey) })
        changes = points.count
        chains = Dictionary(grouping: points, by: \.actor)
    }
}
