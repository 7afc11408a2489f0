import Glibc
import StoepCrypto
import StoepModel

extension StoepModel.Environment {
    /// This machine's clock and generator, and OpenSSL.
    public static var system: StoepModel.Environment {
        StoepModel.Environment(
            cryptography: .openSSL,
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
                return Timestamp(milliseconds: UInt64(clamping: milliseconds))
            },
            random: { SystemRandom.bytes($0) })
    }
}
