import StoepCommand
import StoepCore
import StoepModel

// stoep question list, ask and answers.
extension Command {
    func questionList(_ replica: Replica) throws -> ExitCode {
        var request = RecordRequest()
        request.area = arguments.text(.ofArea)
        request.theme = arguments.text(.ofTheme)
        request.limit = arguments.number(.limit)
        let questions = try replica.questions(request, onlyCarried: arguments.flag(.carried))
        console.answer(["questions": .array(questions.map { json($0) })]) {
            guard !questions.isEmpty else {
                return console.say(.recordListEmpty(Localized(RecordNoun.question.definition.many)))
            }
            var table = Table([
                .init(.labelID), .init(.labelTimes, .trailing), .init(.labelAreas, .trailing), .init(.labelSince),
                .init(.labelQuestion, shrinks: true),
            ])
            for item in questions {
                let wordings = [item.question.name] + item.wordings
                table.add([
                    replica.shortID(item.question.id) + (item.isCarried ? " *" : ""), String(item.times),
                    String(item.areas.count), item.since.map { Moment.local(Int64(clamping: $0.milliseconds)) } ?? "",
                    wordings.joined(separator: " / "),
                ])
            }
            console.print(table)
            if questions.contains(where: \.isCarried) { console.say(.questionCarriedMark, style: .faint) }
        }
        return .done
    }

    private func json(_ item: QuestionSummary) -> JSON {
        [
            "id": .string(item.question.id.description), "wording": .string(item.question.name),
            "wordings": .strings(item.wordings), "same": .strings(item.question.same.map(\.description)),
            "times": .number(item.times), "answers": .number(item.answers),
            "areas": .array(item.areas.map { ["code": .string($0.code), "name": .string($0.name)] }),
            "since": item.since.map { .number($0.milliseconds) } ?? .null, "carried": .bool(item.isCarried),
            "themes": .strings(item.question.members(Field.Question.themes).map(\.text)),
        ]
    }

    func questionAsk(_ replica: Replica) throws -> ExitCode {
        let id = try record(.question, replica)
        let carries = !arguments.flag(.stop)
        let changed = try replica.carry(id, carries)
        console.answer(["id": .string(id.description), "carried": .bool(carries), "changed": .bool(changed)]) {
            console.say(changed ? .questionCarried(id: replica.shortID(id), carries) : .nothingToSay)
        }
        return .done
    }

    func questionAnswers(_ replica: Replica) throws -> ExitCode {
        let id = try record(.question, replica)
        let answers = try replica.answers(to: id)
        console.answer(["id": .string(id.description), "answers": .array(answers.map { json($0) })]) {
            guard !answers.isEmpty else { return console.say(.questionWithoutAnswers) }
            for answer in answers { tell(answer, replica) }
        }
        return .done
    }

    func json(_ answer: Answer) -> JSON {
        [
            "id": .string(answer.id.description),
            "question": ["id": .string(answer.question.description), "wording": .string(answer.wording)],
            "conversation": .string(answer.conversation.description),
            "startedAt": answer.startedAt.map { .number($0.milliseconds) } ?? .null,
            "area": .optional(answer.area?.code), "areaName": .optional(answer.area?.name), "by": json(answer.by),
            "words": .string(answer.words),
        ]
    }

    private func tell(_ answer: Answer, _ replica: Replica) {
        let when = answer.startedAt.map { Moment.local(Int64(clamping: $0.milliseconds)) } ?? ""
        let parts = [replica.shortID(answer.conversation), when, answer.area?.name ?? "", name(answer.by), answer.wording]
        console.print(parts.filter { !$0.isEmpty }.map(\.onOneLine).joined(separator: "  "), style: .strong)
        for line in answer.words.wrapped(columns: textColumns) { console.print("  " + line) }
    }

    /// How wide a text is shown.
    var textColumns: Int { min(console.settings.terminal.columns ?? 80, 100) - 2 }
}
