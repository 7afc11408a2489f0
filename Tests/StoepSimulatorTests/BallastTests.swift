import StoepSimulator
import StoepStore
import StoepTestSupport
import Testing

/// What works on a disk that is full.
struct BallastTests {
    @Test
    func `on a disk without a byte left one may erase, again and again, and save once there is room`() throws {
        let laptop = try FailingLaptop(seed: 1, ballastBytes: 1 << 20)
        for _ in 0..<8 { try laptop.perform(.record) }
        try laptop.perform(.index)
        for _ in 0..<4 {
            try laptop.prepare(.erase)
            // Somebody else takes whatever becomes free.
            laptop.disk.capacityBytes = laptop.disk.usedBytes
            let error = #expect(throws: StoreError.self) { for _ in 0..<400 { try laptop.perform(.recordLong) } }
            guard case .full? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            laptop.disk.capacityBytes = laptop.disk.usedBytes
            laptop.restart(isKilled: true)
            try laptop.perform(.erase)
            #expect(try laptop.complaints() == [])
        }
        #expect(laptop.erased.count == 4)
        laptop.disk.capacityBytes = nil
        try laptop.perform(.recordLong)
        #expect(try laptop.complaints() == [])
    }

    @Test
    func `a bundle is made on another disk where one's own is full`() throws {
        let laptop = try FailingLaptop(seed: 2, ballastBytes: 1 << 20)
        for _ in 0..<8 { try laptop.perform(.record) }
        laptop.disk.capacityBytes = laptop.disk.usedBytes
        laptop.restart(isKilled: true)
        try laptop.perform(.bundleOut)
        #expect(try laptop.complaints() == [])
    }
}
