import StoepModel
import StoepTestSupport
import Testing

@Suite struct CommaSeparatedTests {
    @Test func `any texts are read as they were written`() throws {
        let random = SeededRandom(seed: 41)
        let pieces = ["=", "+", "-", "@", "'", "\"", ",", "\n", "\r\n", "\r", "\t", " ", "é", "🌳", "1", ".", "wijk", ";", "\\"]
        for _ in 0..<400 {
            let rows = (0..<random.below(4) + 1).map { _ in
                ["x"] + (0..<3).map { _ in (0..<random.below(5)).map { _ in pieces[random.below(pieces.count)] }.joined() }
            }
            let read = try CommaSeparated.rows(rows.map(CommaSeparated.line).joined()).map { $0.fields.map(CommaSeparated.unguarded) }
            #expect(read.map { $0.map { Array($0.utf8) } } == rows.map { $0.map { Array($0.utf8) } })
        }
    }

    @Test func `no cell begins with what a spreadsheet obeys, but for a number below zero`() {
        for text in ["=1+1", "+31612345678", "@SUM(A1)", "-2+3", "\tx", "\rx", "-", "''=x"] {
            #expect(CommaSeparated.guarded(text) == "'" + text, "\(text)")
            #expect(CommaSeparated.unguarded("'" + text) == text, "\(text)")
        }
        for text in ["-4.5", "-12", "'s-Gravenhage", "", "'", "a=b", "''t"] {
            #expect(CommaSeparated.guarded(text) == text && CommaSeparated.unguarded(text) == text, "\(text)")
        }
    }

    @Test func `a row knows its line, however many lines the ones before it have`() throws {
        let rows = try CommaSeparated.rows("a,b\n\"x\ny\",1\r\n\r\n2,\"3\"\"\"\n")
        #expect(rows.map(\.line) == [1, 2, 5] && rows.map(\.fields) == [["a", "b"], ["x\ny", "1"], ["2", "3\""]])
        for (text, line) in [("a\n\"b", 2), ("a\nb\n\"c\"d\n", 3), ("\"", 1)] {
            let fault = #expect(throws: CommaSeparated.Fault.self) { try CommaSeparated.rows(text) }
            #expect(fault?.line == line)
        }
    }

    @Test func `degrees are whole hundred-thousandths, both ways`() {
        for (text, value) in [("4.48222", 448_222), ("-0.5", -50_000), ("180", 18_000_000), ("51.934735", 5_193_474)] as [(String, Int64)] {
            #expect(Degrees.parse(text, atMost: 180) == value, "\(text)")
        }
        for text in ["", "-", "1.", ".5", "181", "1e2", "4,5", "0000.1", "١"] {
            #expect(Degrees.parse(text, atMost: 180) == nil, "\(text)")
        }
        for value in [0, 1, -1, 100_000, -448_222, 18_000_000] as [Int64] {
            #expect(Degrees.parse(Degrees.text(value), atMost: 180) == value)
        }
        #expect(Degrees.text(.min) == "-92233720368547.75808" && Degrees.text(-50_000) == "-0.5")
    }

    @Test func `an outline knows its land from its holes`() throws {
        let square = "0,0 10,0 10,10 0,10 0,0", hole = "2,2 2,4 4,4 4,2 2,2", island = "20,0 30,0 30,10 20,0"
        let outline = try #require(Outline("\(square);\(hole);\(island)"))
        #expect(outline.text == "\(square);\(hole);\(island)")
        #expect(outline.polygons.map(\.count) == [2, 1])
        #expect(try #require(Outline(hole)).polygons.map(\.count) == [1], "what lies nowhere is land")
        for wrong in ["", ";", "0,0 1,0 1,1", "0,0 1,0 1,1 0,1", "0,0 1,0 1,1 0", "a,0 1,0 1,1 a,0", "0,0 18000001,0 1,1 0,0", "\(square);"] {
            #expect(Outline(wrong) == nil, "\(wrong)")
        }
    }
}
