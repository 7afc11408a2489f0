import COpenSSL

/// What OpenSSL last said on this thread.
package enum OpenSSLFailure {
    /// The newest reason on this thread's error queue, which is emptied; for messages only.
    package static func lastReason() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return "no reason given" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            guard let start = buffer.baseAddress else { return "no reason given" }
            ERR_error_string_n(code, start, buffer.count)
            return String(cString: start)
        }
    }
}
