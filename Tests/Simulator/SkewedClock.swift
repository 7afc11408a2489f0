import StoepModel

/// A machine's wall clock: it may stand anywhere between 1970 and 2099, jump, and stand still.
final class SkewedClock {
    /// Milliseconds that it is ahead of the true time.
    private var offset: Int64 = 0
    private var stoppedAt: UInt64?
    private let trueTime: () -> UInt64

    init(_ trueTime: @escaping () -> UInt64) {
        self.trueTime = trueTime
    }

    var now: Timestamp {
        if let stoppedAt { return Timestamp(milliseconds: stoppedAt) }
        let time = Int64(clamping: trueTime()).addingReportingOverflow(offset)
        return Timestamp(milliseconds: UInt64(max(0, time.overflow ? 0 : time.partialValue)))
    }

    static let year2099: UInt64 = 4_070_908_800_000

    func stand(at time: UInt64) {
        stoppedAt = nil
        offset = Int64(clamping: time) - Int64(clamping: trueTime())
    }

    func jump(by milliseconds: Int64) {
        stoppedAt = nil
        offset = offset.addingReportingOverflow(milliseconds).partialValue
    }

    func stop() { stoppedAt = now.milliseconds }

    func putRight() {
        stoppedAt = nil
        offset = 0
    }
}
