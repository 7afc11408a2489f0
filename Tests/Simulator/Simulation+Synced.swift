import StoepCore
import StoepModel
import StoepServer
import StoepStore

/// What a sync promises: in the end each has all that the other had when it began. That everybody has everything once
/// all is healed says less: what one misses another may bring.
extension Simulation {
    /// What both had before a sync.
    struct Before {
        fileprivate let daemonHad: Set<Int>
        fileprivate let laptopHad: Set<Int>
        fileprivate let readable: Set<LogID>
    }

    /// - Returns: nil where nothing is promised: the daemon gives little out, or does not know the laptop.
    func before(_ laptop: Laptop, _ host: DaemonHost) throws -> Before? {
        guard !laptop.isRotten, !host.isRotten, let readable = try readable(laptop, host) else { return nil }
        return Before(daemonHad: witness.held(by: host), laptopHad: witness.held(by: laptop), readable: readable)
    }

    /// - Parameter before: what both had when the sync began that has just ended well, with nothing refused.
    func checkSynced(_ laptop: Laptop, _ host: DaemonHost, _ before: Before?) throws {
        guard let before, let readable = try readable(laptop, host)?.intersection(before.readable) else { return }
        let (daemonHas, laptopHas) = (witness.held(by: host), witness.held(by: laptop))
        for place in before.daemonHad.subtracting(laptopHas).intersection(daemonHas).sorted()
        where readable.contains(witness.known[place].log) {
            throw Violation("synced", "\(laptop.name) lacks \(witness.describe(place)) after a sync with \(host.name)")
        }
        for place in before.laptopHad.subtracting(daemonHas).sorted()
        where readable.contains(witness.known[place].log) {
            throw Violation("synced", "\(host.name) lacks \(witness.describe(place)) after a sync with \(laptop.name)")
        }
    }

    /// The logs that a daemon gives a laptop, as far as it knows.
    private func readable(_ laptop: Laptop, _ host: DaemonHost) throws -> Set<LogID>? {
        guard let service = host.service, service.recovery == nil, let device = laptop.device, !host.disk.isDown else {
            return nil
        }
        return try host.disk.undisturbed {
            try service.store.read {
                try service.store.member(of: device).map { Set(try service.store.readableLogs($0)) }
            }
        }
    }
}
