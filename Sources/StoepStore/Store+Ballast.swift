import StoepSQLite

/// A file that holds nothing but room (`DESIGN` §9), for what has to work on a disk that is full: what is to be destroyed
/// is written over, and that takes room before it gives any; and a bundle may be the way out.
extension Store {
    /// What most erasures need: a shard of the search index is written over whole, which took 9 MiB where it was full.
    package static let usualBallastBytes = 16 << 20
    private static let leastBallastBytes = 256 << 10
    /// Left to whoever writes next to the database: an anchor, the beginning of a log.
    private static let spareBytes = 128 << 10

    private var ballastPath: String { configuration.directory + "/ballast" }

    /// Whether the disk has less room than the ballast would take.
    var isTight: Bool {
        configuration.disk.freeBytes(in: configuration.directory).map { $0 < configuration.ballastBytes } ?? false
    }

    /// Lets go of the ballast where there is less room than that. Under the lock.
    func releaseBallast() -> Bool {
        guard isTight, configuration.disk.exists(ballastPath) else { return false }
        return (try? configuration.disk.remove(ballastPath)) != nil
    }

    /// Keeps room, where none is kept. Whoever has little is not deprived of it: only what was let go of is taken again,
    /// as much of it as there still is. That it cannot be had is no reason to fail what was written.
    func keepBallast(wasReleased: Bool) {
        let (disk, whole) = (configuration.disk, configuration.ballastBytes)
        guard whole > 0, wasReleased || !ballastIsChecked else { return }
        ballastIsChecked = true
        guard !disk.exists(ballastPath), let free = disk.freeBytes(in: configuration.directory) else { return }
        let bytes = wasReleased ? min(whole, free - Self.spareBytes) : free / 4 > whole ? whole : 0
        if bytes >= Self.leastBallastBytes { try? disk.reserve(ballastPath, bytes: bytes) }
    }
}
