/// Bytes on their way out, in order. Whatever is to be sent goes through here, a response or later an event
/// of a stream: one event for 3,000 clients is one array that 3,000 queues share. What produces bytes stops
/// while `pendingBytes` is high.
struct OutputQueue {
    private var pieces: [[UInt8]] = []
    private var next = 0
    private var offset = 0
    private(set) var pendingBytes = 0

    var isEmpty: Bool { pendingBytes == 0 }

    mutating func append(_ piece: [UInt8]) {
        guard !piece.isEmpty else { return }
        pieces.append(piece)
        pendingBytes += piece.count
    }

    /// Offers what is left of the first piece to `write`, and drops as much as it took.
    mutating func offer(_ write: (UnsafeRawBufferPointer) -> IOOutcome) -> IOOutcome {
        guard next < pieces.count else { return .moved(0) }
        let outcome = pieces[next].withUnsafeBytes { write(UnsafeRawBufferPointer(rebasing: $0[offset...])) }
        if case .moved(let count) = outcome {
            offset += count
            pendingBytes -= count
            if offset == pieces[next].count {
                offset = 0
                pieces[next] = []
                next += 1
            }
            if next == pieces.count || next > 64 {
                pieces.removeFirst(next)
                next = 0
            }
        }
        return outcome
    }
}
