import StoepCommand
import StoepModel
import Testing

/// Files out and in, but for the files.
@Suite struct TableTests {
    @Test func `whatever the space holds can leave as a file, and what people say one at a time is no table`() {
        let all = Schema.current.collections.filter { $0.log != .roster && !$0.isControl }.map(\.number)
        #expect(Set(Tables.exported) == Set(all) && Tables.exported.count == all.count)
        for collection in [.contact, .signal, .claim] as [CollectionNumber] { #expect(!Tables.imported.contains(collection)) }
    }

    @Test func `a cell is read as the value that it was written from`() throws {
        let meeting = try #require(Schema.current[.meeting]), area = try #require(Schema.current[.area])
        let start = try #require(meeting.field(named: "startedAt"))
        for time in [0, 1, 1_700_000_000_123, 4_000_000_000_000, -1, .max] as [Int64] {
            let cell = RecordCells.text(.integer(time), "", of: start)
            #expect(RecordCells.texts(cell, of: start, now: 0) == [String(time)], "\(cell)")
        }
        let longitude = try #require(area.field(named: "longitude"))
        #expect(RecordCells.text(.integer(-448_222), "", of: longitude) == "-4.48222")
        #expect(RecordCells.texts("-4.48222", of: longitude, now: 0) == ["-448222"])
        #expect(RecordCells.texts("west", of: longitude, now: 0) == nil)
        let agenda = try #require(meeting.field(named: "agenda"))
        for items in [["a"], ["a\nb", "\\", "c\\n", "\\\n"]] {
            #expect(RecordCells.texts(RecordCells.several(items), of: agenda, now: 0) == items)
        }
    }

    @Test func `a bar is as long as its share, and never longer than there is room`() {
        #expect(Bar.text(3, of: 3, columns: 5) == "█████" && Bar.text(1, of: 2, columns: 3) == "█▌")
        #expect(Bar.text(1, of: .max, columns: 10) == "▏" && Bar.text(0, of: 5, columns: 10).isEmpty)
        #expect(Bar.text(.max, of: .max, columns: 4) == "████" && Bar.text(9, of: 3, columns: 2) == "██")
        #expect(Bar.text(1, of: 0, columns: 5).isEmpty && Bar.text(1, of: 1, columns: 0).isEmpty)
    }

    @Test func `a file of outlines is read, whichever way they turn, and what is none is named`() throws {
        func areas(_ geometry: String) throws -> [GeoJSON.Area] {
            try GeoJSON.areas(
                Array(
                    """
                    {"type":"FeatureCollection","features":[{"type":"Feature","id":"BU1","properties":null,"geometry":\(geometry)}]}
                    """.utf8))
        }
        let clockwise = "[[[0,0],[0,1],[1,1.5],[1,0],[0,0]]]"
        let read = try #require(try areas("{\"type\":\"Polygon\",\"coordinates\":\(clockwise)}").first)
        #expect(read.code == "BU1" && read.outline?.text == "0,0 100000,0 100000,150000 0,100000 0,0")
        #expect(GeoJSON.geometry(try #require(read.outline)) == "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1.5],[0,1],[0,0]]]}")
        #expect(try areas("null").first?.outline == nil)
        #expect(try areas("{\"type\":\"Point\",\"coordinates\":[4.5,51.9]}").first?.point == .init(longitude: 450_000, latitude: 5_190_000))
        for wrong in ["{}", "{\"type\":\"Point\",\"coordinates\":[4.5]}", "{\"type\":\"Point\",\"coordinates\":[400,1]}", "{\"type\":\"Polygon\",\"coordinates\":[]}", "{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[0,1],[1,1]]]}"] {
            #expect(throws: GeoJSON.Fault.self) { try areas(wrong) }
        }
        #expect(throws: JSONFault.self) { try areas("[1.]") }
    }
}
