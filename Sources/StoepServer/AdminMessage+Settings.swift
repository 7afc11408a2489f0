import StoepModel
import StoepWire

extension SpaceSettings {
    /// Three items.
    func write(to writer: inout CBORWriter) {
        for word in [resident, residents] {
            if let word { writer.text(word) } else { writer.null() }
        }
        if let coolDownDays { writer.unsigned(UInt64(clamping: coolDownDays)) } else { writer.null() }
    }

    init(from reader: inout CBORReader) throws(WireError) {
        self.init()
        if !reader.null() { resident = try reader.text("resident", atMost: Limits.shortTextBytes) }
        if !reader.null() { residents = try reader.text("residents", atMost: Limits.shortTextBytes) }
        if !reader.null() {
            coolDownDays = Int(try reader.unsigned("days", atMost: UInt64(Self.mostCoolDownDays)))
        }
    }
}
