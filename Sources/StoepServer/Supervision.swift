import Glibc

/// Tells the service manager how far we are (`sd_notify(3)`): a datagram to the socket that it named.
package enum ServiceManager {
    package static func notify(_ state: StaticString) {
        guard let name = getenv("NOTIFY_SOCKET"), let path = String(validatingCString: name) else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        // An abstract socket is written with @ and named with a zero byte.
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor, state.utf8Start, state.utf8CodeUnitCount, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}
