import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// Rows of a table as records, and back.
@Suite struct ImportTests {
    private func replica(_ store: Store) throws -> Replica {
        let member = try #require(try store.owner(of: store.keys.publicKey))
        return Replica(store.configuration.directory, store, member)
    }

    private func laptop(_ seed: UInt64, _ role: Role = .volunteer) throws -> (TestSpace, Replica) {
        let space = try TestSpace(seed: seed)
        let store = try space.laptop("Anna", role)
        try space.settle([store])
        return (space, try replica(store))
    }

    private func row(_ line: Int, _ name: String, id: String? = nil, _ more: [(FieldNumber, [String])] = []) -> ImportRow {
        ImportRow(line: line, id: id, values: [(Field.Initiative.name, [name])] + more.map { (field: $0, texts: $1) })
    }

    @Test func `one row that cannot be imported keeps all from it, unless it may be left out`() throws {
        let (_, replica) = try laptop(81)
        let rows = [
            row(2, "koor", [(Field.Initiative.themes, ["zang", "ontmoeting"])]), row(3, ""),
            row(4, "tuin", [(Field.Initiative.verifiedOn, ["gisteren of zo"])]), row(5, "club", id: "4f2a"),
        ]
        let report = try replica.importRows(rows, as: .initiative)
        #expect(report.faults.map(\.line) == [3, 4, 5] && !report.isSaved && report.made == 1)
        #expect(try replica.records(of: .initiative).isEmpty && replica.themes().isEmpty)
        let trial = try replica.importRows(rows, as: .initiative, isTrial: true, skipsBad: true)
        #expect(trial.made == 1 && !trial.isSaved)
        #expect(try replica.records(of: .initiative).isEmpty)
        let saved = try replica.importRows(rows, as: .initiative, skipsBad: true)
        #expect(saved.made == 1 && saved.isSaved && saved.faults.count == 3)
        #expect(try replica.records(of: .initiative).map(\.name) == ["koor"])
        #expect(try replica.themes().map(\.name) == ["ontmoeting", "zang"])
    }

    @Test func `a row changes the record that it names, where it says something else`() throws {
        let (_, replica) = try laptop(82)
        let id = try replica.add(
            .initiative,
            [
                .set(Field.Initiative.name, "koor"), .set(Field.Initiative.meets, "dinsdag"),
                .set(Field.Initiative.description, "samen zingen"), .add(Field.Initiative.themes, ["zang", "eten"]),
            ])
        let same: [(FieldNumber, [String])] = [
            (Field.Initiative.meets, ["dinsdag"]), (Field.Initiative.description, ["samen zingen"]),
            (Field.Initiative.themes, ["eten", "zang"]), (Field.Initiative.place, [""]),
        ]
        let unchanged = try replica.importRows([row(2, "koor", id: id.description, same)], as: .initiative)
        #expect(unchanged.unchanged == 1 && unchanged.changed == 0)
        #expect(try replica.history(of: id).count == 1, "what is so already is not written again")
        let other: [(FieldNumber, [String])] = [
            (Field.Initiative.meets, [""]), (Field.Initiative.description, ["samen zingen en eten"]),
            (Field.Initiative.themes, ["zang", "buurt"]),
        ]
        let report = try replica.importRows([row(2, "koor", id: id.description, other)], as: .initiative)
        #expect(report.changed == 1)
        let view = try replica.view(id)
        #expect(view.text(Field.Initiative.meets) == "dinsdag", "an empty cell says nothing")
        #expect(view.text(Field.Initiative.description) == "samen zingen en eten")
        #expect(view.members(Field.Initiative.themes).map(\.text) == ["buurt", "zang"])
        let undone = try replica.undoImport()
        #expect(undone.restored == 1 && undone.deleted == 1, "the theme that it brought")
        #expect(try replica.view(id).members(Field.Initiative.themes).map(\.text) == ["eten", "zang"])
        #expect(try replica.view(id).text(Field.Initiative.description) == "samen zingen")
        #expect(throws: ReplicaError.self) { try replica.undoImport() }
    }

    @Test func `an import is taken back as a whole, but for what somebody built on`() throws {
        let (_, replica) = try laptop(83)
        _ = try replica.importRows((2..<7).map { row($0, "club \($0)") }, as: .initiative)
        let clubs = try replica.records(of: .initiative)
        #expect(clubs.count == 5)
        _ = try replica.edit(clubs[0].id, [.set(Field.Initiative.meets, "maandag")])
        let undone = try replica.undoImport()
        #expect(undone.deleted == 4 && undone.kept == 1)
        #expect(try replica.records(of: .initiative).map(\.id) == [clubs[0].id])
        // What was deleted here is not brought back by the file of before.
        let again = try replica.importRows([row(2, "club", id: clubs[1].id.description)], as: .initiative)
        #expect(again.faults.count == 1)
    }

    @Test func `an import that is taken back takes its themes along, but nothing that somebody leads to`() throws {
        let (_, replica) = try laptop(84)
        _ = try replica.importRows(
            [row(2, "koor", [(Field.Initiative.themes, ["zang"])]), row(3, "tuin", [(Field.Initiative.themes, ["groen"])])],
            as: .initiative)
        let tuin = try #require(try replica.records(of: .initiative).first { $0.name == "tuin" })
        var draft = ConversationDraft()
        draft.more = [.add(Field.Conversation.initiatives, [tuin.id.description])]
        _ = try replica.record(draft)
        let undone = try replica.undoImport()
        #expect(undone.deleted == 2 && undone.kept == 2)
        #expect(try replica.records(of: .initiative).map(\.name) == ["tuin"])
        #expect(try replica.themes().map(\.name) == ["groen"], "what stays keeps its theme")
    }

    @Test func `what the rules refuse while it is saved leaves nothing behind, and is named by its line`() throws {
        let (space, _) = try laptop(84)
        let owner = try space.laptop("Olga", .owner, in: [])
        try space.settle([owner])
        let replica = try replica(owner)
        let green = try replica.addTheme("groen")
        // Only who owns it may say what is wanted of a theme.
        let rows = ["bomen", "groen"].enumerated().map { index, name in
            ImportRow(
                line: index + 2, id: nil,
                values: [(Field.Theme.name, [name]), (Field.Theme.aim, [index == 1 ? "meer bomen" : ""])])
        }
        let report = try replica.importRows(rows, as: .theme)
        #expect(report.faults.map(\.line) == [3] && !report.isSaved)
        #expect(try replica.themes().map(\.id) == [green.id])
        let talks = try replica.importRows(
            [ImportRow(line: 2, id: nil, values: [(Field.Conversation.words, ["hallo"])])], as: .conversation)
        #expect(talks.faults.count == 1, "an owner has no conversations")
    }

    @Test func `tallies are set to what a table says, and counted on from there`() throws {
        let (space, replica) = try laptop(85)
        try space.hub.save([
            RecordEdit(
                log: .square, target: .natural(.area, key: "north"),
                fields: [.set(Field.Area.code, .text("north")), .set(Field.Area.name, .text("Noord"))])
        ])
        try space.settle([replica.store])
        func rows(_ count: String) -> [ImportRow] {
            [
                ImportRow(
                    line: 2, id: nil,
                    values: [
                        (Field.Tally.area, ["Noord"]), (Field.Tally.day, ["2026-11-21"]), (Field.Tally.approached, [count]),
                    ])
            ]
        }
        func approached() throws -> [Int64] {
            try replica.tallies(area: nil).map {
                if case .count(let count)? = $0[Field.Tally.approached] { count } else { 0 }
            }
        }
        #expect(try replica.importRows(rows("7"), as: .tally).made == 1)
        _ = try replica.count(approached: 2, declined: 0, area: "north", on: "2026-11-21")
        #expect(try approached() == [9])
        #expect(try replica.importRows(rows("7"), as: .tally).changed == 1)
        #expect(try approached() == [7])
        #expect(try replica.importRows(rows("7"), as: .tally).unchanged == 1)
        #expect(try replica.importRows(rows("veel"), as: .tally).faults.count == 1)
    }
}
