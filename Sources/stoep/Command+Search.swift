import StoepCommand
import StoepCore
import StoepModel

extension Command {
    func search(_ replica: Replica) throws -> ExitCode {
        var request = SearchRequest(words: arguments.all(.searchWords))
        request.area = arguments.text(.searchArea)
        if let limit = arguments.number(.limit) { request.limit = limit }
        if let typed = arguments.text(.period) {
            guard let period = Moment.period(typed) else { throw CommandFailure.notAPeriod(typed) }
            request.period = period
        }
        let line = ProgressLine(console: console)
        defer { line.finish() }
        let answer = try replica.search(request) { line.update(.searchIndexing(left: $0)) }
        line.finish()
        console.answer(["results": .array(answer.hits.map { json($0) }), "more": .bool(answer.hasMore)]) {
            guard !answer.hits.isEmpty else { return console.say(.searchNothing) }
            for hit in answer.hits { tell(hit, replica) }
            if answer.hasMore { console.say(.searchMore(shown: answer.hits.count), style: .faint) }
        }
        return .done
    }

    private func json(_ hit: SearchHit) -> JSON {
        [
            "id": .string(hit.id.description), "collection": .string(hit.collection),
            "log": .string(hit.log.description), "time": .number(hit.time.milliseconds),
            "area": .optional(hit.area?.code), "areaName": .optional(hit.area?.name), "name": .optional(hit.name),
            "by": json(hit.by), "matches": .array(hit.matches.map { json($0) }),
        ]
    }

    /// What was found is marked by where it begins and ends in the text, in Unicode scalars.
    private func json(_ match: SearchHit.Match) -> JSON {
        var marks: [JSON] = []
        var text = ""
        for piece in match.pieces {
            let start = text.unicodeScalars.count
            text += piece.text
            if piece.isFound { marks.append(.array([.number(start), .number(text.unicodeScalars.count)])) }
        }
        return ["field": .string(match.field), "text": .string(text), "marks": .array(marks)]
    }

    private func tell(_ hit: SearchHit, _ replica: Replica) {
        let kind = console.text(.oneOf(collection: hit.collection))
        let parts = [
            hit.name.map { "\(kind) “\($0.truncated(columns: 40))”" } ?? kind,
            Moment.local(Int64(clamping: hit.time.milliseconds)), hit.area?.name ?? "", name(hit.by),
        ]
        console.print(
            (["\(replica.shortID(hit.id))"] + parts.filter { !$0.isEmpty }.map(\.onOneLine)).joined(separator: "  "),
            style: .strong)
        for match in hit.matches {
            let label = console.text(.field(match.field, of: hit.collection))
            var line: [(text: String, style: Console.Style)] = [("  \(label): ", .faint)]
            if match.isCutBefore { line.append(("… ", .plain)) }
            for piece in match.pieces {
                line.append(piece.isFound ? ("«\(piece.text.onOneLine)»", .strong) : (piece.text.onOneLine, .plain))
            }
            if match.isCutAfter { line.append((" …", .plain)) }
            console.print(line: line)
        }
    }
}
