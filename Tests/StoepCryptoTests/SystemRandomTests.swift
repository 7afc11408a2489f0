import StoepCrypto
import Testing

@Suite struct SystemRandomTests {
    @Test func `as many bytes as asked for, never the same twice`() {
        #expect(SystemRandom.bytes(0).isEmpty)
        #expect(SystemRandom.bytes(7).count == 7)
        #expect(Set((0..<100).map { _ in SystemRandom.bytes(16) }).count == 100)
        var generator = SystemRandom()
        #expect(Set((0..<100).map { _ in generator.next() }).count == 100)
    }
}
