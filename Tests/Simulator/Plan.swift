/// What a run is made of: with the same plan it does the same, in any process.
package struct Plan: Sendable {
    package var seed: UInt64
    /// How many steps are taken before everything heals.
    package var steps: Int
    /// What may go wrong.
    package var mishaps: Set<Mishap>
    /// Steps that are left out: every step draws from numbers of its own, so the others stay what they are.
    package var skipped: Set<Int>
    /// How many laptops take part, at most `Simulation.people.count`.
    package var laptops: Int

    package init(
        seed: UInt64, steps: Int = 500, mishaps: Set<Mishap> = Set(Mishap.allCases), skipped: Set<Int> = [],
        laptops: Int = 5
    ) {
        self.seed = seed
        self.steps = steps
        self.mishaps = mishaps
        self.skipped = skipped
        self.laptops = laptops
    }
}

/// Everything that can go wrong on the street.
package enum Mishap: String, CaseIterable, Sendable, Comparable {
    // The network.
    case requestLost = "request-lost"
    case answerLost = "answer-lost"
    case requestCut = "request-cut"
    case answerCut = "answer-cut"
    case requestRepeated = "request-repeated"
    /// It arrives after others that were sent later.
    case requestLate = "request-late"
    /// Others have their turn while an answer is on its way.
    case answerSlow = "answer-slow"
    case partition
    case oldAnswer = "old-answer"

    // Disks.
    case powerCut = "power-cut"
    case killed
    case writeError = "write-error"
    case readError = "read-error"
    case syncError = "sync-error"
    case diskFull = "disk-full"
    case bitFlip = "bit-flip"

    // Clocks.
    case clockPast = "clock-1970"
    case clockFuture = "clock-2099"
    case clockJump = "clock-jump"
    case clockStopped = "clock-stopped"

    // Machines.
    case laptopRestored = "laptop-restored"
    case laptopCloned = "laptop-cloned"
    case daemonRestored = "daemon-restored"
    case ledgerLost = "ledger-lost"
    case daemonReplaced = "daemon-replaced"
    case schemaUpgraded = "schema-upgraded"
    case revokedSends = "revoked-sends"

    // Peers that mean harm.
    case forgedSignature = "forged-signature"
    case forgedChain = "forged-chain"
    case twoHistories = "two-histories"
    case othersActor = "others-actor"
    case strippedBodies = "stripped-bodies"
    case changedBody = "changed-body"
    case impossibleLamport = "impossible-lamport"
    case danglingReference = "dangling-reference"
    case rosterByVolunteer = "roster-by-volunteer"
    case forbiddenLog = "forbidden-log"
    case massErasure = "mass-erasure"

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// An invariant that does not hold.
package struct Violation: Error, Sendable, CustomStringConvertible {
    /// The invariant, in a word or two: what stays the same while a failing run is made smaller.
    package let invariant: String
    package let detail: String

    package init(_ invariant: String, _ detail: String) {
        self.invariant = invariant
        self.detail = detail
    }

    package var description: String { "\(invariant): \(detail)" }
}
