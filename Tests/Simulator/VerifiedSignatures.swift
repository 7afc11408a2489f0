import StoepCrypto
import StoepModel
import Synchronization

/// What was found of signatures before: the machines of a run are many, each verifies what all the others verify, and an
/// answer depends on nothing but the question.
enum VerifiedSignatures {
    private struct Question: Hashable {
        let signature: [UInt8]
        let message: [UInt8]
        let key: VerifyingKey
    }

    /// More than the questions of one run.
    private static let limit = 50_000
    private static let answers = Mutex<[Question: Bool]>([:])

    /// OpenSSL's primitives, of which the costliest is asked the same but once.
    static let cryptography = Cryptography(
        sha256: Cryptography.openSSL.sha256,
        verify: { signature, message, key in
            let question = Question(signature: signature, message: message, key: key)
            if let known = answers.withLock({ $0[question] }) { return known }
            let answer = Cryptography.openSSL.verify(signature, message, key)
            answers.withLock { answers in
                if answers.count >= limit { answers.removeAll(keepingCapacity: true) }
                answers[question] = answer
            }
            return answer
        },
        sealing: Cryptography.openSSL.sealing)
}
