import Foundation
import StoepCrypto
import StoepModel
import StoepSync
import StoepTestSupport
import StoepWire

/// What syncing costs on the wire, everything included that a body holds, and what making and checking that takes. Of
/// HTTP and TLS nothing is counted, on either side.
struct WireBench {
    private let round: StreetRound
    private let peers: PeerProcess?
    private let runs: Int

    /// - Parameters:
    ///   - records: the file of a street round; nil makes some up.
    ///   - python: a Python that has the peers; nil measures ours alone.
    init(records: String?, python: String?, runs: Int) throws {
        round = try StreetRound.given(records)
        peers = try python.map(PeerProcess.init)
        self.runs = runs
    }

    func run(json: String?) throws {
        let load = Machine.load
        var space = try WireSpace(round)
        let arrived = try space.arrived()
        let pieces = Self.pieces(arrived)
        var figures = try recordFigures(space.arrival, pieces)
        figures += Self.idleFigures(space.idle)
        figures += try [
            bringingFigure("one-conversation", 1, &space), bringingFigure("1000-conversations", 1000, &space),
        ]
        figures += try Contest.figures(of: [encoding(arrived), verifying(arrived, space)], runs: runs) { _ in }
        print(Figure.table(figures))
        print("rates: medians of \(runs) runs, ours and the baseline in turn; \(Machine.note(loadBefore: load))")
        print(
            "note: \(round.source), which arrived in \(space.arrival.answers.count) answers and \(arrived.count) segments"
        )
        print("note: bare values are each value's UTF-8 (numbers in decimal) and a zero byte, deflated in our pieces")
        if let peers {
            print(
                "peers: \(peers.versions); of two, in pieces of 256 records and in pieces as large as ours, the smaller"
            )
        } else {
            print("note: only our side was measured: the goals beside Yrs and Loro need --peers")
        }
        if let json { try Figure.write(figures, to: json) }
    }

    /// Which records each segment has: the round arrives in the order in which it was recorded.
    private static func pieces(_ arrived: [WireSpace.Arrived]) -> [Range<Int>] {
        arrived.map { Int($0.segment.first) - 1..<Int($0.segment.last) }
    }

    // MARK: Bytes

    private func recordFigures(_ arrival: SyncRun, _ pieces: [Range<Int>]) throws -> [Figure] {
        let count = Double(round.records.count)
        let ours = Double(arrival.bytes) / count
        let bare = Double(round.deflatedBareBytes(in: pieces)) / count
        // The peers' pieces are of 256 records; or as large as ours, should that be better for them.
        let sizes = try peers.map { peers in
            try [256, pieces.map(\.count).max() ?? 256].map { try peers.load("street-round", round, piece: $0) }
        }
        func least(_ side: Contest.Side) -> Double? {
            sizes?.compactMap { $0[side]?.deflated }.min().map { $0 / count }
        }
        let (name, unit) = ("wire.bytes-per-record", "bytes/record")
        return [
            Figure(name, ours, unit, beside: "bare values, deflated", bare, .above(30)),
            Figure("\(name).yrs", ours, unit, beside: "Yrs, deflated", least(.yrs), .atMost(1)),
            Figure("\(name).loro", ours, unit, beside: "Loro, deflated", least(.loro), .atMost(1)),
            Figure("wire.payload-deflated-per-record", bare, unit),
        ]
    }

    private static func idleFigures(_ idle: SyncRun) -> [Figure] {
        let larger = max(idle.requests.reduce(0, +), idle.answers.reduce(0, +))
        return [
            Figure("wire.idle-sync-bytes", Double(larger), "bytes", beside: nil, nil, .valueAtMost(200)),
            Figure(
                "wire.idle-sync-round-trips", Double(idle.summary?.roundTrips ?? idle.requests.count), "requests",
                beside: nil, nil, .valueAtMost(1)),
        ]
    }

    private func bringingFigure(_ name: String, _ count: Int, _ space: inout WireSpace) throws -> Figure {
        Figure("wire.\(name)-bytes", Double(try space.bringing(count).bytes), "bytes")
    }

    // MARK: Rates

    private func encoding(_ arrived: [WireSpace.Arrived]) -> Contest {
        rate("wire.encode", "the same bytes hashed and deflated") {
            for one in arrived { keep(try one.segment.packed().encoded()) }
        } baseline: {
            for one in arrived {
                keep(Cryptography.openSSL.sha256(one.inflated))
                keep(Zlib.deflated(one.inflated))
            }
        }
    }

    private func verifying(_ arrived: [WireSpace.Arrived], _ space: WireSpace) -> Contest {
        rate("wire.decode-verify", "the same bytes inflated and hashed") {
            for one in arrived { keep(try space.verified(one)) }
        } baseline: {
            for one in arrived {
                keep(Cryptography.openSSL.sha256(Zlib.inflated(one.stream, count: one.inflated.count)))
            }
        }
    }

    private func rate(
        _ name: String, _ peer: String, ours: @escaping () throws -> Void, baseline: @escaping () throws -> Void
    ) -> Contest {
        let count = Double(round.records.count)
        return Contest(
            name: name,
            measure: [
                (.ours, { try Stopwatch.milliseconds(ours) }), (.baseline, { try Stopwatch.milliseconds(baseline) }),
            ]
        ) { medians in
            func rate(_ side: Contest.Side) -> Double? { medians[side].map { count / $0 * 1000 } }
            return [Figure(name, rate(.ours) ?? 0, "records/s", beside: peer, rate(.baseline))]
        }
    }
}
