import StoepModel
import StoepSQLite
import StoepTestSupport
import Testing

@testable import StoepStore

/// A directory on its way to being a store, and what is found in one that was cut.
@Suite struct JoiningTests {
    private let invitation = Bytes32([UInt8](repeating: 7, count: 32)) ?? .zero

    private func join(_ configuration: Store.Configuration, _ space: TestSpace) throws -> JoiningStore {
        try JoiningStore(configuration, space.environment, invitation: invitation)
    }

    /// As an attempt leaves it that was cut after the store was made whole.
    private func whole(_ space: TestSpace) throws -> (Store.Configuration, VerifyingKey) {
        let configuration = TestSpace.configuration(try space.scratch.make("laptop"))
        var joining = try join(configuration, space)
        let kept = try configuration.disk.read(path(configuration), maximumBytes: 4096)
        try joining.finish(configuration, space.environment, space: space.id) { try $0.setMeta("member", [1]) }.close()
        try configuration.disk.write(kept, to: path(configuration))
        return (configuration, joining.keys.publicKey)
    }

    private func path(_ configuration: Store.Configuration) -> String {
        "\(configuration.directory)/joining-\(Hex.encode(invitation.bytes.prefix(8)))"
    }

    @Test func `a store that is whole is taken up again, and one that is not is made anew with the same keys`() throws {
        let space = try TestSpace(seed: 1)
        let (configuration, key) = try whole(space)
        let again = try join(configuration, space)
        #expect(again.store != nil && again.keys.publicKey == key)
        try again.store?.write { try again.store?.removeMeta("member") }
        again.store?.close()
        let third = try join(configuration, space)
        #expect(third.store == nil && third.keys.publicKey == key)
        #expect(!Store.exists(in: configuration.directory))
        // Cut between the file and what is in it.
        try configuration.disk.write([], to: configuration.directory + "/stoep.db")
        try configuration.disk.write(third.keys.encoded(), to: Store.keyPath(configuration.directory))
        #expect(try join(configuration, space).store == nil)
    }

    @Test(arguments: 0..<8)
    func `what was not made whole is made anew, wherever taking it away was cut`(removals: Int) throws {
        let space = try TestSpace(seed: 4)
        var (configuration, key) = try whole(space)
        let store = try #require(try join(configuration, space).store)
        try store.write { try store.removeMeta("member") }
        try store.checkpoint()
        store.close()
        let disk = FailingDisk()
        configuration.disk = disk
        disk.fail(afterRemovals: removals)
        let first = try? join(configuration, space)
        #expect((first == nil) == (removals < 7))
        disk.fail(afterRemovals: nil)
        var again = try join(configuration, space)
        #expect(again.store == nil && again.keys.publicKey == key)
        try again.finish(configuration, space.environment, space: space.id) { try $0.setMeta("member", [1]) }.close()
    }

    @Test func `a store that cannot be opened now is not thrown away`() throws {
        let space = try TestSpace(seed: 2)
        let (configuration, _) = try whole(space)
        let keys = Store.keyPath(configuration.directory)
        let bytes = try configuration.disk.read(keys, maximumBytes: 4096)
        try configuration.disk.remove(keys)
        #expect(try configuration.disk.makeFolder(keys))
        #expect(throws: StoreError.self) { try join(configuration, space) }
        #expect(Store.exists(in: configuration.directory))
        try configuration.disk.removeFolder(keys)
        try configuration.disk.write(bytes, to: keys)
        #expect(try join(configuration, space).store != nil)
    }

    @Test func `what a crash left of a draft goes, and what another command is writing stays`() throws {
        let space = try TestSpace(seed: 3)
        let anna = try space.laptop("Anna")
        let (disk, directory) = (anna.configuration.disk, anna.configuration.directory)
        let left = directory + "/.draft-00ff.12345.1.part"
        try disk.write([1, 2, 3], to: left)
        let draft = try anna.keepDraft([4])
        var said: [[UInt8]] = []
        #expect(try anna.saveDrafts { said.append($0) } == 1)
        #expect(said == [[4]])
        #expect(disk.exists(left) && !disk.exists(draft))
        space.clock.advance(59_000)
        _ = try anna.saveDrafts { _ in }
        #expect(disk.exists(left))
        space.clock.advance(1_000_000)
        _ = try anna.saveDrafts { _ in }
        #expect(!disk.exists(left))
        #expect(try anna.drafts() == [])
    }
}
