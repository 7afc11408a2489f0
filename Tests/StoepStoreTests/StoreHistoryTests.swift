import Foundation
import StoepMerge
import StoepModel
import StoepStore
import StoepTestSupport
import Testing

/// Seeded histories over real stores and sessions: writing, syncing, lost connections, copied disks, roster changes.
@Suite struct StoreHistoryTests {
    /// How many of each hundred's seeds: more by hand, in `STOEP_HISTORIES`.
    private static let count = ProcessInfo.processInfo.environment["STOEP_HISTORIES"].flatMap { Int($0) } ?? 12

    @Test(arguments: [0, 1_000, 2_000, 3_000])
    func `all replicas end with the same state, the one that a fold from scratch gives`(from first: Int) throws {
        for seed in first..<first + Self.count {
            let history = try StoreHistory(seed: UInt64(seed))
            try history.settle()
            let hub = try history.space.hashes(history.space.hub)
            for (number, store) in ([history.space.hub] + history.laptops).enumerated() {
                let difference = try store.differenceFromNaive()
                #expect(difference == nil, "seed \(seed), store \(number)")
                if difference != nil { return }
                // Of the logs that its member may not read (any more), a laptop has what it wrote itself.
                let member = try store.owner(of: store.keys.publicKey)
                let readable = try store.read { try member.map { try store.readableLogs($0) } ?? [] }
                let hashes = try history.space.hashes(store)
                for log in readable {
                    #expect(hashes[log] == hub[log], "seed \(seed), store \(number), \(log)")
                    if hashes[log] != hub[log] { return }
                }
                let status = try store.status()
                #expect(status.wanted == 0, "seed \(seed), store \(number)")
            }
        }
    }
}
