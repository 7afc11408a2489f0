import StoepCrypto
import StoepMerge
import StoepModel
@testable import StoepStore
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepCore

/// A laptop that meets another key where its daemon was.
@Suite struct FollowingTests {
    private let space: TestSpace
    private let anna: Replica
    private let store: Store
    private let newKey: VerifyingKey

    init() throws {
        space = try TestSpace(seed: 50)
        store = try space.laptop("Anna")
        let key = space.hub.keys.publicKey
        newKey = TestSpace.key(space.random).verifyingKey
        try store.write { [store] in
            try store.setMeta(Replica.Meta.daemonKey, key.bytes)
            try store.setMeta(Replica.Meta.daemonAddress, Array("127.0.0.1:7410".utf8))
        }
        let member = try #require(try space.hub.owner(of: store.keys.publicKey))
        anna = Replica(store.configuration.directory, store, member)
        _ = try anna.sync(through: answering(key, statements: []))
    }

    /// Somebody who proves this key, has these statements, and otherwise is the hub.
    private func answering(
        _ key: VerifyingKey, statements: [[UInt8]], whenPinned pinned: VerifyingKey? = nil, asked: @escaping (String) -> Void = { _ in }
    ) -> Transport {
        Transport { [space] daemon, path, body in
            guard daemon.acceptsAnyKey || daemon.keys.contains(pinned ?? key) else {
                throw TransportFailure(mayHaveArrived: false, isOtherKey: true, cause: ReplicaError.unexpected("key"))
            }
            asked(path)
            guard path == DaemonPath.authority else {
                #expect(!daemon.acceptsAnyKey, "nothing but the question who is in force is put to just anybody")
                return TransportReply(status: 200, body: try space.serve(body, from: daemon.deviceKey))
            }
            return TransportReply(status: 200, body: AuthorityResponse(statements: statements).encoded())
        }
    }

    private func statement(_ serial: UInt64, _ daemons: [VerifyingKey]) -> [UInt8] {
        Delegation(
            root: space.root.verifyingKey, serial: serial, authority: space.hub.keys.publicKey, daemons: daemons
        ).sign(with: space.root.signer)
    }

    private var serial: UInt64? { get throws { try store.read { try store.delegationInForce()?.serial } } }

    private func expectMismatch(_ transport: Transport) {
        let failure = #expect(throws: ReplicaError.self) { try anna.sync(through: transport) }
        guard case .transport(let cause)? = failure else { return #expect(Bool(false), "\(String(describing: failure))") }
        #expect(isOtherKey(cause))
    }

    @Test func `a daemon that the root put in its place is followed, once`() throws {
        let transport = answering(newKey, statements: [statement(9, [newKey])])
        #expect(try anna.sync(through: transport).daemonWasReplaced)
        #expect(try serial == 9)
        #expect(try !anna.sync(through: transport).daemonWasReplaced)
        expectMismatch(answering(space.hub.keys.publicKey, statements: [statement(9, [newKey])]))
    }

    @Test func `an address that was typed is used that once, and its daemon is known by its key alone`() throws {
        var called: [String] = []
        func sync(_ source: SyncSource, _ key: VerifyingKey, _ statements: [[UInt8]] = []) throws {
            let transport = answering(key, statements: statements)
            _ = try anna.sync(with: source, through: Transport { daemon, path, body in
                called.append(daemon.address)
                return try transport.begin(daemon, path, body)()
            })
        }
        try sync(.daemon(address: "10.0.0.9:7410"), space.hub.keys.publicKey)
        #expect(Set(called) == ["10.0.0.9:7410"])
        called = []
        try sync(.daemon(), space.hub.keys.publicKey)
        #expect(Set(called) == ["127.0.0.1:7410"])
        // One that took its place, of which the roster gives no address.
        try sync(.daemon(address: "10.0.0.9:7410"), newKey, [statement(9, [newKey])])
        #expect(try store.read { try store.meta(Replica.Meta.daemonKey) } == newKey.bytes)
        called = []
        try sync(.daemon(), newKey)
        #expect(Set(called) == ["127.0.0.1:7410"])
    }

    @Test func `one in between who passes the true statement on fails at the key that it names`() throws {
        let stranger = TestSpace.key(space.random).verifyingKey
        var asked: [String] = []
        expectMismatch(answering(stranger, statements: [statement(9, [newKey])]) { asked.append($0) })
        #expect(asked == [DaemonPath.authority], "nothing else was sent")
        #expect(try anna.sync(through: answering(newKey, statements: [])).daemonWasReplaced == false)
    }

    @Test func `statements that the root did not make change nothing`() throws {
        let stranger = TestSpace.key(space.random)
        let forged = Delegation(
            root: space.root.verifyingKey, serial: 9, authority: stranger.verifyingKey,
            daemons: [stranger.verifyingKey])
        let ofAnother = Delegation(
            root: stranger.verifyingKey, serial: 9, authority: stranger.verifyingKey,
            daemons: [stranger.verifyingKey])
        let before = try serial
        for statements in [[forged.sign(with: stranger.signer)], [ofAnother.sign(with: stranger.signer)], [[0x80]]] {
            expectMismatch(answering(stranger.verifyingKey, statements: statements))
        }
        #expect(try serial == before)
        _ = try anna.sync(through: answering(space.hub.keys.publicKey, statements: []))
    }

    @Test func `an older statement, one as old, and one that names no daemon are not followed`() throws {
        #expect(try anna.sync(through: answering(newKey, statements: [statement(9, [newKey])])).daemonWasReplaced)
        let other = TestSpace.key(space.random).verifyingKey
        for old in [statement(8, [other]), statement(9, [other]), statement(10, [])] {
            expectMismatch(answering(other, statements: [old]))
        }
        #expect(try serial == 9)
    }

    @Test func `what an invitation named is followed only by what is shown to have come after it`() throws {
        let other = TestSpace.key(space.random).verifyingKey
        func successors(_ statements: [[UInt8]], of key: VerifyingKey) throws -> [VerifyingKey]? {
            let daemon = DaemonEndpoint(anybodyAt: "127.0.0.1:7410", identity: store.keys.signing)
            return try RootStatements(
                asking: daemon, AuthorityRequest(space: space.id), .openSSL, answering(other, statements: statements)
            ).successors(of: key)
        }
        let (first, second) = (statement(1, [other]), statement(2, [newKey]))
        #expect(try successors([first, second], of: other) == [newKey])
        #expect(try successors([second, first], of: other) == [newKey], "in whatever order they come")
        #expect(try successors([first], of: newKey) == nil, "a replaced daemon has its own statement only")
        #expect(try successors([first, second], of: newKey) == nil)
        #expect(try successors([second], of: other) == nil)
    }
}
