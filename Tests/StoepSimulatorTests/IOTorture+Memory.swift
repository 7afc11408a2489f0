import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// Each request of SQLite for memory is refused in its turn, once or from there on: Tools/torture io.
extension IOTorture {
    /// More requests than any deed makes.
    private static let mostRequests = 1_000_000
    /// What a laptop holds makes each check longer: after so many it is a new one.
    private static let freshAfter = 20

    @Test
    func `whichever request for memory is refused: it is rolled back, told by its name, and right afterwards`() throws {
        let torture = Torture("io", rounds: 1)
        try #require(SQLiteMemory.isWatched, "SQLite was used before the tests began")
        var tried = Tried()
        for round in 0..<torture.rounds {
            let seed = torture.seed(of: round)
            for deed in FailingLaptop.Deed.allCases {
                var laptop = try FailingLaptop(seed: seed)
                let requests = try counted(deed, laptop)
                var left = Self.freshAfter
                for forGood in [false, true] {
                    // Short: a few of them, wherever they are.
                    let step = torture.isShort ? requests / 2 + 1 : 1
                    let first = torture.isShort ? SeededRandom(seed: seed &+ UInt64(requests)).below(step) : 0
                    for request in stride(from: first, to: Self.mostRequests, by: step) {
                        let what = "\(deed), request \(request)\(forGood ? " and all after" : ""), seed \(seed)"
                        guard try refuse(deed, request, forGood, laptop, &tried, what) else { break }
                        left -= 1
                        guard left == 0 else { continue }
                        laptop = try FailingLaptop(seed: seed)
                        left = Self.freshAfter
                    }
                }
            }
        }
        torture.tell(
            """
            \(tried.refused) requests for memory refused in \(FailingLaptop.Deed.allCases.count) scenarios, of which \
            \(tried.told) were told and the others got over: all rolled back or done, \(tried.onSameHandle) times the same \
            handle went on, doctor clean, and right afterwards
            """)
    }

    private struct Tried {
        var refused = 0
        var told = 0
        var onSameHandle = 0
    }

    /// How many requests a deed makes, where all are granted.
    private func counted(_ deed: FailingLaptop.Deed, _ laptop: FailingLaptop) throws -> Int {
        try laptop.prepare(deed)
        SQLiteMemory.refuse(after: Self.mostRequests, forGood: false)
        defer { SQLiteMemory.grant() }
        try laptop.perform(deed)
        return SQLiteMemory.grant().requests
    }

    /// - Returns: false where there was no such request, or something did not hold.
    private func refuse(
        _ deed: FailingLaptop.Deed, _ request: Int, _ forGood: Bool, _ laptop: FailingLaptop, _ tried: inout Tried,
        _ what: String
    ) throws -> Bool {
        try laptop.prepare(deed)
        var failure: (any Error)?
        SQLiteMemory.refuse(after: request, forGood: forGood)
        do {
            try laptop.perform(deed)
        } catch {
            failure = error
        }
        let refusals = SQLiteMemory.grant().refusals
        if let failure { #expect(isOfMemory(failure), "\(what): \(failure)") }
        guard refusals > 0 else { return false }
        tried.refused += 1
        if failure != nil { tried.told += 1 }
        // Now this handle goes on, now another process.
        if request.isMultiple(of: 2) {
            if try goesOn(laptop, what) { tried.onSameHandle += 1 }
        }
        laptop.restart(isKilled: true)
        let complaints = try laptop.complaints()
        #expect(complaints == [], "\(what)")
        guard complaints.isEmpty else { return false }
        try laptop.prepare(.record)
        try laptop.perform(.record)
        return true
    }

    /// What the same handle shows and writes, now that there is memory.
    /// - Returns: false where it says that it writes no more, and why.
    private func goesOn(_ laptop: FailingLaptop, _ what: String) throws -> Bool {
        do {
            #expect(try laptop.complaints() == [], "\(what), the same handle")
            try laptop.perform(.record)
            return true
        } catch {
            #expect(isOfMemory(error), "\(what), the same handle: \(error)")
            return false
        }
    }

    /// An SQLite that has no memory says so, whatever it was doing.
    private func isOfMemory(_ error: any Error) -> Bool {
        if case .outOfMemory? = error as? StoreError { true } else { false }
    }
}
