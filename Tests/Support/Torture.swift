import Glibc

/// What a torture was asked to do. Tools/torture says it in the environment; among the other tests each is short.
package struct Torture {
    package let mode: String
    package let rounds: Int
    package let seed: UInt64
    /// Nobody ordered it: it runs among the other tests, on a machine that does other things meanwhile.
    package let isShort: Bool

    /// - Parameter rounds: where nobody says how many.
    package init(_ mode: String, rounds: Int) {
        func number<T: LosslessStringConvertible>(_ name: String) -> T? {
            getenv(name).flatMap { T(String(cString: $0)) }
        }
        let ordered: Int? = number("STOEP_TORTURE_ROUNDS")
        self.mode = mode
        self.rounds = max(1, ordered ?? rounds)
        seed = number("STOEP_TORTURE_SEED") ?? 1
        isShort = ordered == nil
    }

    /// The seed of one round: with it as the first, a single round is the same.
    package func seed(of round: Int) -> UInt64 { seed &+ UInt64(round) }

    /// What it came to, in a line.
    package func tell(_ words: String) { print("torture \(mode): \(words)") }
}
