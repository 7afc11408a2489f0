import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// What a store says of a disk that fails is something that a person can act on.
struct FailureNameTests {
    private func isOfDisk(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch {
            if case .disk? = error as? StoreError { return true }
            return false
        }
    }

    @Test
    func `a handle that writes no more says what failed, however much later`() throws {
        let laptop = try FailingLaptop(seed: 3)
        try laptop.perform(.record)
        laptop.disk.failOperation(.write)
        for _ in 0..<3 { #expect(isOfDisk { try laptop.perform(.record) }) }
        laptop.restart(isKilled: true)
        try laptop.perform(.record)
        #expect(try laptop.complaints() == [])
    }

    @Test
    func `a database that the disk does not let open is told as that`() throws {
        let laptop = try FailingLaptop(seed: 4)
        try laptop.perform(.record)
        for call in 0..<2 {
            laptop.restart(isKilled: true)
            laptop.disk.failOperation(.open, after: call)
            #expect(isOfDisk { try laptop.open() })
        }
        laptop.disk.heal()
        #expect(try laptop.complaints() == [])
    }
}
