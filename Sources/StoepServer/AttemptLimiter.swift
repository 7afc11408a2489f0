import StoepModel

/// Bounds how often wrong invitations are tried: by one peer, and by all together, because keys cost an attacker
/// nothing. Time is passed in; what it remembers is bounded.
struct AttemptLimiter {
    /// So many failures may come at once; another each so many milliseconds.
    struct Allowance {
        let burst: UInt64
        let refillMilliseconds: UInt64
    }

    private struct Bucket {
        /// When it was, or will be, full again: the later, the emptier.
        var fullAt: UInt64 = 0

        func isEmpty(_ allowance: Allowance, now: UInt64) -> Bool {
            fullAt > now && fullAt - now > (allowance.burst - 1) * allowance.refillMilliseconds
        }

        mutating func take(_ allowance: Allowance, now: UInt64) {
            fullAt = max(fullAt, now) + allowance.refillMilliseconds
        }
    }

    static let perPeer = Allowance(burst: 10, refillMilliseconds: 30_000)
    static let overall = Allowance(burst: 200, refillMilliseconds: 500)
    static let rememberedPeers = 1024

    private var all = Bucket()
    private var peers: [VerifyingKey: Bucket] = [:]

    func allows(_ peer: VerifyingKey, now: UInt64) -> Bool {
        !all.isEmpty(Self.overall, now: now) && !(peers[peer]?.isEmpty(Self.perPeer, now: now) ?? false)
    }

    mutating func noteFailure(_ peer: VerifyingKey, now: UInt64) {
        all.take(Self.overall, now: now)
        if peers[peer] == nil, peers.count >= Self.rememberedPeers {
            peers = peers.filter { $0.value.fullAt > now }
            // Still full: the overall allowance holds them off; forget the one that failed least.
            if peers.count >= Self.rememberedPeers, let least = peers.min(by: { $0.value.fullAt < $1.value.fullAt }) {
                peers[least.key] = nil
            }
        }
        peers[peer, default: Bucket()].take(Self.perPeer, now: now)
    }
}
