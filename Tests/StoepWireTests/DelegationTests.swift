import StoepCrypto
import StoepModel
import Testing

@testable import StoepWire

@Suite struct DelegationTests {
    private let root: SigningKey
    private let space: SpaceID
    private let delegation: Delegation

    init() {
        var generator = Generator(seed: 30)
        root = SigningKey(seed: generator.bytes(32))!
        space = SpaceID(root: root.verifyingKey, .openSSL)
        let cuts = (0..<3).map { _ in Cut(log: generator.log(), point: generator.point()) }
        delegation = Delegation(
            root: root.verifyingKey, serial: 7, authority: VerifyingKey(generator.bytes32()),
            daemons: (0..<3).map { _ in VerifyingKey(generator.bytes32()) }, cuts: cuts)
    }

    @Test func `the root's statement is read back as it was made`() throws {
        let bytes = delegation.sign(with: root.signer)
        #expect(try Delegation(verifying: bytes, space: space, .openSSL) == delegation)
    }

    @Test func `only the root that the space is named after can delegate`() {
        var generator = Generator(seed: 31)
        let other = SigningKey(seed: generator.bytes(32))!
        #expect(throws: StatementError.signatureInvalid) {
            try Delegation(verifying: delegation.sign(with: other.signer), space: space, .openSSL)
        }
        let elsewhere = SpaceID(root: other.verifyingKey, .openSSL)
        #expect(throws: StatementError.spaceMismatch) {
            try Delegation(verifying: delegation.sign(with: root.signer), space: elsewhere, .openSSL)
        }
    }

    @Test func `no mutation of a delegation verifies`() {
        var generator = Generator(seed: 32)
        let bytes = delegation.sign(with: root.signer)
        for _ in 0..<5000 {
            let mutated = generator.mutated(bytes)
            guard mutated != bytes else { continue }
            #expect(throws: StatementError.self) { try Delegation(verifying: mutated, space: space, .openSSL) }
        }
    }

    @Test func `an answer with statements has one form, and not without any`() throws {
        var generator = Generator(seed: 34)
        let answer = AuthorityResponse(statements: [delegation.sign(with: root.signer), generator.bytes(40)])
        let bytes = answer.encoded()
        #expect(try AuthorityResponse(decoding: bytes) == answer)
        #expect(throws: WireError.self) { try AuthorityResponse(decoding: AuthorityResponse(statements: []).encoded()) }
        let many = AuthorityResponse(statements: Array(repeating: [1], count: Limits.statements + 1))
        #expect(throws: WireError.self) { try AuthorityResponse(decoding: many.encoded()) }
        for _ in 0..<2000 {
            let mutated = generator.mutated(bytes)
            if let decoded = try? AuthorityResponse(decoding: mutated) { #expect(decoded.encoded() == mutated) }
        }
    }

    @Test func `a cut has one form`() throws {
        var generator = Generator(seed: 33)
        for _ in 0..<500 {
            let cut = Cut(log: generator.log(), point: generator.point())
            let bytes = cut.encoded()
            #expect(try Cut(decoding: bytes) == cut)
            let mutated = generator.mutated(bytes)
            if let decoded = try? Cut(decoding: mutated) { #expect(decoded.encoded() == mutated) }
        }
    }
}
