import StoepMerge
import StoepModel
import StoepTestSupport
import Testing

@testable import StoepCore
@testable import StoepStore

/// A screen that shows what a replica holds is told when to look again.
@Suite struct ObservingTests {
    private func replica(_ store: Store) throws -> Replica {
        Replica(store.configuration.directory, store, try #require(try store.owner(of: store.keys.publicKey)))
    }

    /// Two handles on one store, as two processes have.
    private func founded(_ seed: UInt64) throws -> (TestSpace, screen: Replica, command: Replica) {
        let space = try TestSpace(seed: seed)
        let anna = try space.laptop("Anna")
        try space.settle([anna])
        return (space, try replica(anna), try replica(try space.open(anna.configuration.directory)))
    }

    @Test func `what this process or another commits is told by record, once`() async throws {
        let (space, screen, command) = try founded(1)
        defer { withExtendedLifetime(space) {} }
        var changes = try screen.changes(every: .milliseconds(5)).makeAsyncIterator()
        let own = try screen.store.save([.conversation("hier")])
        #expect(try await changes.next() == .records(own))
        let others = try command.store.save([.conversation("daar"), .conversation("ginds")])
        #expect(try await changes.next() == .records(others.sorted()))
        try command.store.save([.edit(own[0], [.text(Field.Conversation.observation, "in de zon")])])
        try screen.store.save([.edit(others[0], [.text(Field.Conversation.observation, "in de regen")])])
        #expect(try await changes.next() == .records([own[0], others[0]].sorted()))
        try command.erase(others[1])
        #expect(try await changes.next() == .records([others[1]]))
    }

    @Test func `what a sync brings is told, and that who may do what has changed`() async throws {
        let (space, screen, _) = try founded(2)
        let ben = try space.laptop("Ben")
        try space.settle([ben])
        var changes = try screen.changes(every: .milliseconds(5)).makeAsyncIterator()
        let talk = try ben.save([.conversation("van Ben")])
        try space.settle([ben])
        try space.settle([screen.store])
        #expect(try await changes.next() == .any, "Ben is new to this laptop")
        let second = try ben.save([.conversation("nog een van Ben")])
        try space.settle([ben, screen.store])
        #expect(try await changes.next() == .records(second))
        #expect(try screen.store.seen(talk[0]).isListed)
    }

    @Test func `what shows nothing else is told nobody, and the end of its task ends it`() async throws {
        let watching = Task {
            let (space, screen, command) = try founded(3)
            defer { withExtendedLifetime(space) {} }
            var changes = try screen.changes(every: .milliseconds(5)).makeAsyncIterator()
            try screen.store.setMeta("test", [1])
            try command.store.setMeta("test", [2])
            return try await changes.next()
        }
        try await Task.sleep(for: .milliseconds(300))
        watching.cancel()
        #expect(try await watching.value == nil)
    }
}
