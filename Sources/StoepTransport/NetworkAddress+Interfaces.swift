import Glibc

extension NetworkAddress {
    /// Where others can reach a listener that is bound to this address: the address itself, or, where it stands for all,
    /// each IPv4 address of this machine but those of the loopback. Without any of those only this machine can.
    package var reachable: [NetworkAddress] {
        guard host == "0.0.0.0" || host == "::" else { return [self] }
        let found = Self.interfaceAddresses().map { NetworkAddress(host: $0, port: port) }
        return found.isEmpty ? [NetworkAddress(host: "127.0.0.1", port: port)] : found
    }

    private static func interfaceAddresses() -> [String] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [String] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET),
                entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0
            else { continue }
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let length = socklen_t(MemoryLayout<sockaddr_in>.size)
            guard getnameinfo(address, length, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0 else {
                continue
            }
            found.append(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
        return found
    }
}
