import Glibc

/// Locks on bytes of a file that belong to an open file description.
enum FileRangeLock {
    /// Far behind any content; advisory locks need no bytes below them.
    struct Range: Equatable {
        let start: Int64
        var count: Int64 = 1

        static let lock = Range(start: 0x4000_0000)
        static let turnstile = Range(start: 0x4000_0001)
        /// The seats of those who wait, from this number on.
        static func seats(from number: Int64) -> Range { Range(start: firstSeat + number, count: seatCount - number) }
        static func seat(_ number: Int64) -> Range { Range(start: firstSeat + number) }

        private static let firstSeat: Int64 = 0x4000_0002
        /// More than ever wait one behind the other without a moment in which nobody does.
        static let seatCount: Int64 = 1 << 40
    }

    // Not imported from <fcntl.h>, where they stand behind _GNU_SOURCE. The numbers are Linux's ABI.
    private static let getOFD: Int32 = 36
    private static let setOFD: Int32 = 37
    private static let setOFDWaiting: Int32 = 38

    struct Failure: Error, Sendable { let code: Int32 }

    /// Somebody else's description holds it.
    static func isTaken(_ descriptor: Int32, _ range: Range) -> Result<Bool, Failure> {
        var request = request(F_WRLCK, range)
        guard fcntl(descriptor, getOFD, &request) == 0 else { return .failure(Failure(code: errno)) }
        return .success(request.l_type != Int16(F_UNLCK))
    }

    static func tryLock(_ descriptor: Int32, _ range: Range) -> Result<Bool, Failure> {
        var request = request(F_WRLCK, range)
        if fcntl(descriptor, setOFD, &request) == 0 { return .success(true) }
        return errno == EAGAIN || errno == EACCES ? .success(false) : .failure(Failure(code: errno))
    }

    /// Blocks until it is ours.
    static func lock(_ descriptor: Int32, _ range: Range) -> Result<Void, Failure> {
        while true {
            var request = request(F_WRLCK, range)
            if fcntl(descriptor, setOFDWaiting, &request) == 0 { return .success(()) }
            if errno != EINTR { return .failure(Failure(code: errno)) }
        }
    }

    static func unlock(_ descriptor: Int32, _ range: Range) -> Result<Void, Failure> {
        var request = request(F_UNLCK, range)
        return fcntl(descriptor, setOFD, &request) == 0 ? .success(()) : .failure(Failure(code: errno))
    }

    /// The last seat in which somebody sits; nil where nobody waits.
    static func lastSeat(_ descriptor: Int32) -> Result<Int64?, Failure> {
        // Somebody sits at or behind the first of these, and nobody at or behind the second.
        var (taken, free) = (Int64(-1), Range.seatCount)
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2
            switch isTaken(descriptor, .seats(from: middle)) {
            case .failure(let failure): return .failure(failure)
            case .success(true): taken = middle
            case .success(false): free = middle
            }
        }
        return .success(taken < 0 ? nil : taken)
    }

    private static func request(_ type: Int32, _ range: Range) -> flock {
        // The pid must be 0 for these locks.
        flock(
            l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: off_t(range.start), l_len: off_t(range.count),
            l_pid: 0)
    }
}
