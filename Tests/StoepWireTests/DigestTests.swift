import StoepCrypto
import StoepModel
import Testing

@testable import StoepWire

@Suite struct DigestTests {
    private func frontier(_ count: Int, seed: UInt64) -> [LogID: [ChangePoint]] {
        var generator = Generator(seed: seed)
        var out: [LogID: [ChangePoint]] = [:]
        for _ in 0..<count { out[generator.log(), default: []].append(generator.point()) }
        return out
    }

    @Test func `equal frontiers have equal digests whatever the order they were gathered in`() {
        let one = frontier(500, seed: 40)
        let other = one.mapValues { Array($0.reversed()) }
        let digests = BucketDigests(of: HeadList(one), .openSSL)
        #expect(digests == BucketDigests(of: HeadList(other), .openSSL))
        #expect(digests.differing(from: BucketDigests(of: HeadList(other), .openSSL)).isEmpty)
        #expect(BucketDigests(of: .empty, .openSSL).digests == Array(repeating: 0, count: 256))
    }

    @Test func `one head more shows in its actor's bucket and no other`() {
        var generator = Generator(seed: 41)
        let before = frontier(500, seed: 42)
        for _ in 0..<20 {
            var after = before
            let point = generator.point()
            after[generator.log(), default: []].append(point)
            let differing = BucketDigests(of: HeadList(before), .openSSL)
                .differing(from: BucketDigests(of: HeadList(after), .openSSL))
            #expect(differing == BucketSet([Bucket(of: point.actor)]))
            #expect(HeadList(after).filtered(to: differing).entries.contains { $0.heads.contains(point) })
        }
    }

    @Test func `a bucket is the actor's first byte and a bit counted from the lowest`() throws {
        let actor = try #require(ActorID(bytes: [0x0b] + [UInt8](repeating: 0, count: 15)))
        let set = BucketSet([Bucket(of: actor)])
        #expect(set.bits == [0, 0x08] + [UInt8](repeating: 0, count: 30))
        #expect(BucketSet.all.bits == [UInt8](repeating: 0xff, count: 32))
    }

    @Test func `a cursor's hash tells every change of any readable log, and its order`() {
        var generator = Generator(seed: 43)
        let (one, other) = (generator.point(), generator.point())
        func chain(_ points: [ChangePoint]) -> Bytes32 {
            points.reduce(ArrivalChain.origin) {
                ArrivalChain.next($0, actor: $1.actor, seq: $1.seq, hash: ChangeHash(.zero), .openSSL)
            }
        }
        #expect(chain([one, other]) != chain([other, one]))
        let a = Cursor(position: 2, chains: [.square: chain([one]), .roster: chain([other])], .openSSL)
        let b = Cursor(position: 2, chains: [.roster: chain([other]), .square: chain([one])], .openSSL)
        let swapped = Cursor(position: 2, chains: [.roster: chain([one]), .square: chain([other])], .openSSL)
        #expect(a == b)
        #expect(a != swapped)
        #expect(a != Cursor(position: 2, chains: [.roster: chain([other])], .openSSL))
    }
}
