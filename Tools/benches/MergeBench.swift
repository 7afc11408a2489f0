import Foundation

/// The figures of merging: recorded texts, a note that is opened, a street round.
struct MergeBench {
    struct Options {
        /// The folder with the recorded texts.
        var data: String?
        /// The records of a street round; nil makes some up.
        var records: String?
        /// A Python that has the peers; nil measures ours alone.
        var python: String?
        var runs = 11
        /// What the names of figures begin with that are wanted; empty for all.
        var only = ""
        var json: String?
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let options: Options
    let peers: PeerProcess?
    /// What has to be said besides the figures.
    private var notes: [String] = []

    init(_ options: Options) throws {
        self.options = options
        peers = try options.python.map(PeerProcess.init)
    }

    mutating func run() throws {
        let load = Machine.load
        let contests = try contests().filter { $0.name.hasPrefix(options.only) }
        if contests.isEmpty { throw Failure(description: "no figure of which the name begins with \(options.only)") }
        let figures = try Contest.figures(of: contests, runs: options.runs) { round in
            Self.say(round == 0 ? "warming up" : "round \(round) of \(options.runs)")
        }
        Self.say(nil)
        print(Figure.table(figures))
        print("medians of \(options.runs) runs, ours and theirs in turn; \(Machine.note(loadBefore: load))")
        if let peers {
            print("peers: \(peers.versions)")
        } else {
            notes.append(
                "only our side was measured: the goals beside Yrs and Loro need --peers (a virtual environment with them, "
                    + "made by Tools/setup --bench)")
        }
        for note in notes { print("note: \(note)") }
        if let json = options.json { try Figure.write(figures, to: json) }
    }

    private mutating func contests() throws -> [Contest] {
        var contests: [Contest] = []
        if wants("text.automerge-paper"),
            let paper = try recorded("automerge-paper", ["import", "local", "bytes", "memory"])
        {
            contests += try paperContests(paper)
        }
        if wants("text.friendsforever"), let friends = try recorded("friendsforever", ["import", "bytes"]) {
            contests += try friendsContests(friends)
        }
        if wants("text.open-note") { contests += try noteContests() }
        guard wants("fold.street-round") else { return contests }
        let round = try StreetRound.given(options.records)
        notes.append("fold.street-round: \(round.source)")
        return contests + (try streetContests(round))
    }

    /// Whether anything is wanted of a group of figures, whose names begin so.
    private func wants(_ group: String) -> Bool { group.hasPrefix(options.only) || options.only.hasPrefix(group) }

    /// A recorded text of the data folder, and its sizes on the peers' wire; nil where it is not there.
    private mutating func recorded(_ name: String, _ figures: [String]) throws -> RecordedText? {
        let path = options.data.map { "\($0)/\(name).json.gz" }
        guard let path, FileManager.default.isReadableFile(atPath: path) else {
            let names = figures.map { "text.\(name).\($0)" }.joined(separator: ", ")
            notes.append(
                "left out: \(names), for \(path ?? "\(name).json.gz") is not there (--data DIR or STOEP_TRACES says where)"
            )
            return nil
        }
        Self.say("reading \(name)")
        let file = try TraceFile(path: path)
        return RecordedText(
            name: name, history: file.histories[0], sizes: try peers?.load(name, "trace", from: path) ?? [:])
    }

    /// The sides of peers that a contest has, where they are measured at all.
    func peerSides(
        _ sides: [Contest.Side], _ what: String, _ name: String
    ) -> [(side: Contest.Side, once: () throws -> Double)] {
        guard let peers else { return [] }
        return sides.map { side in (side, { try peers.measure(what, name, side) }) }
    }

    /// Progress, where somebody watches.
    private static func say(_ what: String?) {
        guard isatty(2) == 1 else { return }
        FileHandle.standardError.write(Data("\r\u{1b}[K\(what ?? "")".utf8))
    }
}

/// A recorded text, and what it comes to on the peers' wire.
struct RecordedText {
    let name: String
    let history: TraceFile.History
    let sizes: [Contest.Side: PeerProcess.Size]

    /// The smaller of what Yrs' update and Loro's updates deflate to.
    var leastDeflated: Double? { sizes.values.map(\.deflated).min() }

    func check(_ text: String, _ what: String) throws {
        guard let end = history.end, text.utf8.elementsEqual(end.utf8) else {
            throw MergeBench.Failure(description: "\(name), \(what): the text did not come out as endContent says")
        }
    }
}
