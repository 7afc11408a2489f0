import Foundation
import StoepModel

/// Conversations as a street round brings them in: 12 registers, three themes, a note of fifty words each. From a file of
/// JSON lines whose names are those of the schema, or made up (`StreetRound+Generating.swift`).
struct StreetRound {
    struct Record {
        /// Names and values as in the file, in the schema's order.
        let values: [(name: String, value: Value)]
        let themes: [String]
        let words: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let records: [Record]
    /// What is said of it below the table.
    let source: String

    init(records: [Record], source: String) {
        self.records = records
        self.source = source
    }

    /// That of a file; where none is given, one that is made up.
    static func given(_ path: String?) throws -> StreetRound {
        guard let path else { return generated(count: 10_000, seed: 1) }
        do {
            return try StreetRound(path: path)
        } catch {
            throw Failure(description: "\(path): \(error)")
        }
    }

    init(path: String) throws {
        let lines = try GzipFile.contents(path).split(separator: UInt8(ascii: "\n"))
        records = try lines.enumerated().map { index, line in
            guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else {
                throw Failure(description: "line \(index + 1): no JSON object")
            }
            do {
                return try Record(object)
            } catch let failure as Failure {
                throw Failure(description: "line \(index + 1): \(failure.description)")
            }
        }
        if records.isEmpty { throw Failure(description: "no records in it") }
        source = URL(fileURLWithPath: path).lastPathComponent
    }

    /// As a file has them, for the peers.
    func jsonLines() throws -> Data {
        var lines = Data()
        for record in records {
            var object: [String: Any] = ["themes": record.themes, "words": record.words]
            for (name, value) in record.values {
                switch value {
                case .integer(let number): object[name] = number
                case .text(let text): object[name] = text
                default: throw Failure(description: "\(name) is no number and no text")
                }
            }
            lines += try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    /// The values alone, each ended by a zero byte: what no format can do without.
    func bareBytes() -> [[UInt8]] {
        records.map { record in
            let values = record.values.map { _, value in
                switch value {
                case .integer(let number): String(number)
                case .text(let text): text
                default: ""
                }
            }
            return (values + record.themes + [record.words]).flatMap { Array($0.utf8) + [0] }
        }
    }
}

extension StreetRound.Record {
    /// The same, so many milliseconds later.
    func later(by milliseconds: Int64) -> StreetRound.Record {
        let values = values.map { name, value in
            if name == "startedAt", case .integer(let time) = value { return (name, Value.integer(time + milliseconds)) }
            return (name, value)
        }
        return StreetRound.Record(values: values, themes: themes, words: words)
    }

    fileprivate init(_ object: [String: Any]) throws {
        func failure(_ what: String) -> StreetRound.Failure { StreetRound.Failure(description: what) }
        guard let conversation = Schema.current[.conversation] else { throw failure("the schema has no conversations") }
        guard let words = object["words"] as? String else { throw failure("no words") }
        guard let themes = object["themes"] as? [String] else { throw failure("no list of themes") }
        let known = Set(conversation.fields.map(\.name))
        if let name = object.keys.first(where: { !known.contains($0) }) {
            throw failure("a conversation has no \(name)")
        }
        self.words = words
        self.themes = themes
        values = try conversation.fields.filter { $0.kind == .register }.compactMap { field in
            guard let value = object[field.name] else { return nil }
            if let text = value as? String { return (field.name, .text(text)) }
            if let number = value as? Int { return (field.name, .integer(Int64(number))) }
            throw failure("\(field.name) is no number and no text")
        }
    }
}
