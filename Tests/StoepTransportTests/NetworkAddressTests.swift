import Testing

@testable import StoepTransport

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        ("127.0.0.1:7410", "127.0.0.1", 7410), ("stoep.example:1", "stoep.example", 1),
        ("[::1]:0", "::1", 0), ("[2001:db8::7]:65535", "2001:db8::7", 65535), ("a_b-c:80", "a_b-c", 80),
    ])
    func `an address is read, and written as it was`(text: String, host: String, port: UInt16) throws {
        let address = try NetworkAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == text)
    }

    @Test func `a port may be left out where there is a default`() throws {
        #expect(try NetworkAddress("stoep.example", defaultPort: 7410).description == "stoep.example:7410")
        #expect(try NetworkAddress("[::1]", defaultPort: 7410).description == "[::1]:7410")
        #expect(try NetworkAddress("stoep.example:9", defaultPort: 7410).port == 9)
    }

    static let refused: [(String, AddressError)] = [
        ("", .empty),
        (String(repeating: "a", count: 300) + ":1", .tooLong(bytes: 302)),
        ("stoep.example", .missingPort(text: "stoep.example")),
        ("[::1]", .missingPort(text: "[::1]")),
        ("stoep.example:", .invalidPort(text: "")),
        ("stoep.example:65536", .invalidPort(text: "65536")),
        ("stoep.example:+1", .invalidPort(text: "+1")),
        ("stoep.example:000001", .invalidPort(text: "000001")),
        ("stoep.example:٣", .invalidPort(text: "٣")),
        ("[::1]7410", .invalidPort(text: "[::1]7410")),
        (":7410", .invalidHost(text: ":7410")),
        ("-a:1", .invalidHost(text: "-a:1")),
        ("a b:1", .invalidHost(text: "a b:1")),
        ("a/b:1", .invalidHost(text: "a/b:1")),
        ("user@host:1", .invalidHost(text: "user@host:1")),
        ("[127.0.0.1]:1", .invalidHost(text: "[127.0.0.1]:1")),
        ("[::1%eth0]:1", .invalidHost(text: "[::1%eth0]:1")),
        ("[::1:7410", .unclosedBracket(text: "[::1:7410")),
        ("::1:7410", .bracketsNeeded(text: "::1:7410")),
    ]

    @Test(arguments: refused)
    func `what is no address is refused by name`(text: String, error: AddressError) {
        #expect(throws: error) { try NetworkAddress(text) }
    }
}
