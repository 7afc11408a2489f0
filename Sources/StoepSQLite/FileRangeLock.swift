import Glibc

/// Locks on single bytes of a file that belong to an open file description.
enum FileRangeLock {
    /// Far behind any content; advisory locks need no bytes below them.
    enum Range: Int { case lock = 0x4000_0000, turnstile = 0x4000_0001 }

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

    private static func request(_ type: Int32, _ range: Range) -> flock {
        // The pid must be 0 for these locks.
        flock(l_type: Int16(type), l_whence: Int16(SEEK_SET), l_start: off_t(range.rawValue), l_len: 1, l_pid: 0)
    }
}
