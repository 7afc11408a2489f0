import Foundation
import StoepSQLite
import StoepTestSupport
import Testing

extension EndToEnd {
    /// Many processes on one store: Tools/torture race.
    @Suite(.serialized)
    struct RaceTorture {
        private static let lanes = 8

        /// One process after the other, of which each saves once.
        private struct Lane {
            var program: RunningProgram
            var ids: [String] = []
        }

        @Test
        func `eight processes save on one store while it syncs: every change is there, in order, and nobody fails`()
            async throws
        {
            let torture = Torture("race", rounds: 12)
            let space = try await Space.serving()
            let fatima = try await space.volunteer("fatima")
            let began = ContinuousClock.now
            var (drafts, waited, syncs) = (0, 0, 0)
            func next(_ lane: Int, _ number: Int) throws -> RunningProgram {
                try fatima.start("talk", "new", "--area", Space.oudeNoorden, "--words", Self.words(lane, number))
            }
            var lanes = try (0..<Self.lanes).map { Lane(program: try next($0, 0)) }
            var left = lanes.count
            var sync = try fatima.start("sync")
            while left > 0 {
                for lane in lanes.indices where lanes[lane].ids.count < torture.rounds && !lanes[lane].program.isRunning
                {
                    let program = lanes[lane].program
                    let answer = Answer(code: try await program.end(), of: program, ["talk new"])
                    try answer.done()
                    // Kept as a draft, after the wait: it has no id yet, and is taken in by a later command.
                    if answer.json["id"].string == nil { drafts += 1 }
                    lanes[lane].ids.append(answer.json["id"].string ?? "")
                    program.discard()
                    if lanes[lane].ids.count < torture.rounds {
                        lanes[lane].program = try next(lane, lanes[lane].ids.count)
                    } else {
                        left -= 1
                    }
                }
                if !sync.isRunning {
                    let answer = Answer(code: try await sync.end(), of: sync, ["sync"])
                    if answer.code != 0 {
                        answer.refused(1, "store-busy")
                        waited += 1
                    }
                    syncs += 1
                    sync.discard()
                    sync = try fatima.start("sync")
                }
                try await Task.sleep(for: .milliseconds(1))
            }
            _ = try await sync.end()
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            try await fatima.sync()
            try await check(fatima, space, lanes.map(\.ids), each: torture.rounds)
            let count = Self.lanes * torture.rounds
            torture.tell(
                """
                \(Self.lanes) processes × \(torture.rounds) saves: \(count) changes, in order, in one chain; \
                \(syncs) syncs meanwhile, of which \(waited) waited for 5 seconds in vain; \(drafts) saves kept as drafts; \
                \(Int(Double(count) / seconds)) saves/s
                """)
        }

        private static func words(_ lane: Int, _ number: Int) -> String { "Tegelijk \(lane) \(number)" }

        private func check(_ fatima: Laptop, _ space: Space, _ lanes: [[String]], each: Int) async throws {
            let expected = lanes.indices.flatMap { lane in (0..<each).map { Self.words(lane, $0) } }
            #expect(try await fatima.words() == expected.sorted())
            let status = try await fatima.status()
            let heads = status["frontier"][Space.street].array
            #expect(heads.count == 1 && heads.first?["seq"].number == expected.count)
            #expect(status["alert"] == .null)
            let places = try fatima.placesInChain()
            for ids in lanes {
                let order = ids.filter { !$0.isEmpty }.map { places[$0] ?? 0 }
                #expect(zip(order, order.dropFirst()).allSatisfy(<), "one process's saves stand in its order")
            }
            #expect(places.values.sorted() == Array(1...expected.count))
            for doctor in [try await fatima.run("doctor"), try await space.stoepd("doctor")] { try doctor.done() }
            try await expectSame(space, fatima)
        }
    }
}

extension Laptop {
    /// By the id of each conversation: the number of the change that made it.
    fileprivate func placesInChain() throws -> [String: Int] {
        let connection = try OpenedFiles.connect(store)
        defer { connection.close() }
        let rows = try connection.query(
            """
            SELECT lower(hex(r.rid)), c.seq FROM touch t JOIN change c ON c.id = t.change JOIN log l ON l.id = c.log
            JOIN record r ON r.id = t.record WHERE l.name = ?
            """, [.text(Space.street)]
        ) { ($0.string(0), Int($0.int64(1))) }
        return Dictionary(rows, uniquingKeysWith: min)
    }
}
