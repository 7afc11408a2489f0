import StoepModel
import StoepWire

/// How a change's payloads and salts lie in their one row: `[salt, payload]` or null for each block, so that one
/// block's can be purged by writing the row anew.
extension CBORWriter {
    static func encode(_ bodies: [BlockBody?]) -> [UInt8] {
        var writer = CBORWriter(reserving: bodies.reduce(8) { $0 + ($1?.payload.count ?? 0) + 32 })
        writer.array(bodies.count)
        for body in bodies {
            guard let body else {
                writer.null()
                continue
            }
            writer.array(2)
            writer.bytes(body.salt)
            writer.bytes(body.payload)
        }
        return writer.bytes
    }
}

extension CBORReader {
    package static func decodeBodies(_ bytes: [UInt8]) throws(StoreError) -> [BlockBody?] {
        do {
            var reader = CBORReader(bytes)
            var bodies: [BlockBody?] = []
            for _ in 0..<(try reader.array("bodies", atMost: Limits.blocks)) {
                if reader.null() {
                    bodies.append(nil)
                } else {
                    bodies.append(try reader.body())
                }
            }
            try reader.finish()
            return bodies
        } catch {
            throw .damaged("stoep.db: body of a change")
        }
    }
}
