import StoepModel

/// What stands alone as one CBOR item: the body of a request or an answer, which begins with the version 1
/// (`Protocol/README.md`, Messages), an invitation, a frontier.
package protocol WireMessage: Sendable, Equatable {
    init(from reader: inout CBORReader) throws(WireError)
    func write(to writer: inout CBORWriter)
}

extension WireMessage {
    package func encoded() -> [UInt8] {
        var writer = CBORWriter()
        write(to: &writer)
        return writer.bytes
    }

    package init(decoding bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Limits.messageBytes else { throw .tooLarge("message", at: 0) }
        var reader = CBORReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }
}
