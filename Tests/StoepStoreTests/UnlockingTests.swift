import StoepModel
import StoepSQLite
import StoepTestSupport
import Testing

@testable import StoepStore

/// What opens a sealed store, and for how long.
@Suite struct UnlockingTests {
    private let passphrase = Array("vier losse woorden hier".utf8)
    private let other = Array("heel andere woorden daar".utf8)

    /// A laptop's store with a conversation, a draft and something that is being typed; closed.
    private func sealed(_ space: TestSpace, by protection: KeyProtection) throws -> Store.Configuration {
        var configuration = TestSpace.configuration(try space.scratch.make("sealed"))
        configuration.protection = protection
        let random = space.random
        let store = try Store.create(
            configuration, space.environment, space: space.id, keys: try DeviceKeys(random: { random.bytes($0) }),
            isHub: false)
        defer { store.close() }
        try space.enrol(store.keys, of: space.member("Anna", .volunteer))
        try store.save([.theme("Kanarievogel")])
        _ = try store.keepDraft(Array("Kanarievogel, die wacht".utf8))
        try store.keepTyped(Array("Kanarievogel, half".utf8))
        return configuration
    }

    private func files(_ configuration: Store.Configuration) throws -> [String: [UInt8]] {
        let disk = SystemDisk()
        return try Dictionary(
            uniqueKeysWithValues: (disk.names(in: configuration.directory) ?? []).map {
                ($0, try disk.read("\(configuration.directory)/\($0)", maximumBytes: 1 << 28))
            })
    }

    @Test func `wrapped by something else, every file but the wrapped keys stays as it is`() throws {
        let space = try TestSpace(seed: 1)
        var configuration = try sealed(space, by: .besideTheStore)
        var before = try files(configuration)
        let ways: [(from: [UInt8]?, to: KeyProtection)] = [
            (nil, .passphrase(passphrase)), (passphrase, .passphrase(other)), (other, .besideTheStore),
        ]
        for (from, to) in ways {
            try Store.protect(configuration, passphrase: from, by: to, space.environment)
            let after = try files(configuration)
            #expect(after["keys"] != before["keys"])
            for name in ["stoep.db", "stoep.db-wal", "device.key", "anchor", "typed"] {
                #expect(after[name] != nil && after[name] == before[name], "\(name)")
            }
            before = after
        }
        configuration.protection = .none
        let store = try Store.open(configuration, space.environment)
        #expect(try store.checkup().isSound && store.drafts().count == 1)
        store.close()
    }

    @Test func `what is unlocked for two seconds is locked again after them`() throws {
        let space = try TestSpace(seed: 2)
        var configuration = try sealed(space, by: .passphrase(passphrase))
        configuration.protection = .none
        #expect(throws: StoreError.self) { try Store.keys(configuration) }
        do {
            try Store.unlock(configuration, passphrase: passphrase, seconds: 2)
        } catch StoreError.keyringUnavailable(let code) {
            print("left out: this machine gives nobody a keyring (errno \(code)), so nothing can be unlocked for a while")
            return
        }
        let unlocked = ContinuousClock.now
        #expect(try Store.keys(configuration).count == 1)
        // The kernel counts, in seconds of the clock on the wall: the first may be over at once.
        while (try? Store.keys(configuration)) != nil, ContinuousClock.now < unlocked + .seconds(20) {}
        let lasted = ContinuousClock.now - unlocked
        #expect(lasted > .milliseconds(500) && lasted < .seconds(10), "\(lasted)")
        let error = #expect(throws: StoreError.self) { try Store.keys(configuration) }
        guard case .locked? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
