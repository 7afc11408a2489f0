import StoepTestSupport

/// The content of one file: what the machine's cache has, what the platter has, and what is on its way there.
final class StoredFile {
    private enum Change {
        case write(offset: Int, bytes: [UInt8])
        case resize(Int)
    }

    /// The unit in which a write is torn.
    static let sectorBytes = 512

    /// What programs read.
    private(set) var bytes: [UInt8] = []
    /// What is on the platter.
    private(set) var durable: [UInt8] = []
    private var pending: [Change] = []
    /// The locks of SQLite's connections, and the memory that they share; of one start of the machine.
    private(set) var locks = FileLocks()
    var shared: SharedMemory?

    init() {}

    /// A file as it comes from a copy, all of it durable.
    init(durable bytes: [UInt8]) {
        self.bytes = bytes
        durable = bytes
    }

    func write(_ source: UnsafeRawBufferPointer, at offset: Int) {
        guard !source.isEmpty else { return }
        pending.append(.write(offset: offset, bytes: [UInt8](source)))
        Self.put(source, at: offset, in: &bytes)
    }

    func resize(to count: Int) {
        guard count != bytes.count else { return }
        pending.append(.resize(count))
        Self.resize(&bytes, to: count)
    }

    func sync() {
        for change in pending {
            switch change {
            case .write(let offset, let bytes): bytes.withUnsafeBytes { Self.put($0, at: offset, in: &durable) }
            case .resize(let count): Self.resize(&durable, to: count)
            }
        }
        pending.removeAll(keepingCapacity: true)
    }

    /// As Linux does it: what the platter did not take is dropped and counts as written. The cache still shows it,
    /// and a later sync succeeds without it.
    func failSync(_ random: SeededRandom, _ note: (FaultKind) -> Void) { settle(random, note) }

    /// Of what was not synced, chance decides what stands.
    func losePower(_ random: SeededRandom, _ note: (FaultKind) -> Void) {
        settle(random, note)
        bytes = durable
    }

    func forgetLocks() {
        locks = FileLocks()
        shared = nil
    }

    /// Turns one bit over, on the platter and in the cache.
    func flipBit(_ bit: Int, ofByte offset: Int) {
        let mask: UInt8 = 1 << UInt8(bit & 7)
        if offset < durable.count { durable[offset] ^= mask }
        if offset < bytes.count { bytes[offset] ^= mask }
    }

    // MARK: What stands

    private func settle(_ random: SeededRandom, _ note: (FaultKind) -> Void) {
        guard !pending.isEmpty else { return }
        // From nearly nothing to nearly everything, so that a crash that loses one write of many is seen as well.
        let odds = random.below(9)
        var hasLost = false
        var batch: [(offset: Int, bytes: [UInt8])] = []
        for change in pending {
            guard random.below(8) < odds else {
                note(.lostWrite)
                hasLost = true
                continue
            }
            if hasLost { note(.reorderedWrite) }
            switch change {
            case .write(let offset, let bytes):
                if random.chance(4) {
                    let pieces = Self.tear(bytes, at: offset, random)
                    if pieces.isTorn { note(.tornWrite) }
                    batch += pieces.standing
                } else {
                    batch.append((offset, bytes))
                }
            case .resize(let count):
                // Nothing that was written before a file was cut off comes back behind its end.
                put(random.shuffled(batch))
                batch = []
                Self.resize(&durable, to: count)
            }
        }
        // Where two writes overlap, either may be the one that stands.
        put(random.chance(2) ? batch : random.shuffled(batch))
        pending.removeAll(keepingCapacity: true)
    }

    /// What of a torn write stands: some of its sectors, of which one may be garbage.
    private static func tear(
        _ bytes: [UInt8], at offset: Int, _ random: SeededRandom
    ) -> (standing: [(offset: Int, bytes: [UInt8])], isTorn: Bool) {
        var standing: [(offset: Int, bytes: [UInt8])] = []
        var isTorn = false
        var mayBeGarbage = random.chance(3)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + sectorBytes - (offset + start) % sectorBytes)
            switch random.below(4) {
            case 0:
                isTorn = true
            case 1 where mayBeGarbage:
                standing.append((offset + start, random.bytes(end - start)))
                (mayBeGarbage, isTorn) = (false, true)
            default:
                standing.append((offset + start, Array(bytes[start..<end])))
            }
            start = end
        }
        return (standing, isTorn)
    }

    private func put(_ writes: [(offset: Int, bytes: [UInt8])]) {
        for write in writes { write.bytes.withUnsafeBytes { Self.put($0, at: write.offset, in: &durable) } }
    }

    private static func put(_ source: UnsafeRawBufferPointer, at offset: Int, in bytes: inout [UInt8]) {
        if offset == bytes.count {
            bytes.append(contentsOf: source)
            return
        }
        if offset + source.count > bytes.count { resize(&bytes, to: offset + source.count) }
        bytes.withUnsafeMutableBytes { UnsafeMutableRawBufferPointer(rebasing: $0[offset...]).copyMemory(from: source) }
    }

    private static func resize(_ bytes: inout [UInt8], to count: Int) {
        if count < bytes.count {
            bytes.removeLast(bytes.count - count)
        } else {
            bytes.append(contentsOf: [UInt8](repeating: 0, count: count - bytes.count))
        }
    }
}
