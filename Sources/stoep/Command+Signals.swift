import StoepCommand
import StoepCore
import StoepModel

// stoep signal, signal list and signal answer, and what waits for an answer wherever it is seen.
extension Command {
    func signal(_ replica: Replica) throws -> ExitCode {
        var inputs = [FieldInput.set(Field.Signal.words, arguments.one(.signalWords))]
        if let at = arguments.moment(.at) { inputs.append(.set(Field.Signal.startedAt, String(at))) }
        if let area = arguments.text(.area) { inputs.append(.set(Field.Signal.area, area)) }
        if let place = arguments.text(.place) { inputs.append(.set(Field.Signal.place, place)) }
        let record = try replica.signal(inputs + self.inputs(FieldOption.ofSignal))
        console.answer(["id": .string(record.id.description), "log": .string(record.log.description)]) {
            console.say(.signalSaved(id: replica.shortID(record.id)), style: .strong)
            console.say(.signalCall, style: .warning)
        }
        return .done
    }

    func signalList(_ replica: Replica) throws -> ExitCode {
        let all = try replica.signals(waiting: arguments.flag(.waiting), area: arguments.text(.ofArea))
        let shown = all.prefix(arguments.number(.limit) ?? all.count)
        console.answer(["signals": .array(shown.map { json($0) })]) {
            guard !shown.isEmpty else { return console.say(.signalListEmpty) }
            for signal in shown { tell(signal, replica) }
        }
        return .done
    }

    func signalAnswer(_ replica: Replica) throws -> ExitCode {
        let signal = try record(.signal, replica)
        let id = try replica.answer(signal: signal, arguments.one(.replyWords))
        console.answer(["id": .string(id.description), "signal": .string(signal.description)]) {
            console.say(.signalAnswered(id: short(signal)))
        }
        return .done
    }

    /// What waits for an answer stands above everything else.
    func tellWaiting(_ signals: [Signal], _ replica: Replica) {
        guard !signals.isEmpty else { return }
        for signal in signals { tell(signal, replica) }
        console.print(console.text(.signalsWaiting(signals.count)), style: .warning)
        console.print("")
    }

    func json(_ signal: Signal) -> JSON {
        [
            "signal": json(signal.record), "answered": .bool(signal.isAnswered),
            "answers": .array(signal.answers.map { json($0) }),
        ]
    }

    private func tell(_ signal: Signal, _ replica: Replica) {
        let record = signal.record
        let place = [record.text(Field.Signal.place), text(record[Field.Signal.area], of: Field.Signal.area, record)]
        let parts = [replica.shortID(record.id), record.moment.map { Moment.local($0) } ?? "", name(record.by)] + place
        let mark = signal.isAnswered ? "  " : "! "
        let line = mark + parts.filter { !$0.isEmpty }.map(\.onOneLine).joined(separator: "  ")
        console.print(line, style: signal.isAnswered ? .plain : .failure)
        for line in record.text(Field.Signal.words).wrapped(columns: textColumns - 4) { console.print("    " + line) }
        for answer in signal.answers {
            let words = answer.text(Field.SignalAnswer.words)
            for line in "→ \(name(answer.by)): \(words)".wrapped(columns: textColumns - 4) {
                console.print("    " + line)
            }
        }
    }

    private func text(_ content: RecordView.Content?, of number: FieldNumber, _ record: RecordView) -> String {
        record.collection.field(number).map { text(content, of: $0) } ?? ""
    }
}
