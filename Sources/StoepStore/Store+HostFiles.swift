import StoepModel
import StoepSQLite

/// Files that a client writes through the store's disk, so that they are as durable as the store, and sealed where
/// they stand beside it.
extension Store {
    /// What somebody types and has not finished: no draft, for nobody said that it should be saved.
    private static let typed = "typed"
    private static let maximumTypedBytes = 4 * Limits.payloadBytes

    /// Keeps what is typed so far in place of what was; durable on return.
    package func keepTyped(_ content: [UInt8]) throws {
        try Self.translating { try writeFile(content, Self.typed) }
    }

    /// What somebody typed and did not finish; nil where there is nothing.
    package func typed() throws -> [UInt8]? {
        try Self.translating {
            guard configuration.disk.exists("\(configuration.directory)/\(Self.typed)") else { return nil }
            return try readFile(Self.typed, maximumBytes: Self.maximumTypedBytes)
        }
    }

    /// Takes it away, and what a crash left of it half written.
    package func forgetTyped() throws {
        try Self.translating {
            let (directory, disk) = (configuration.directory, configuration.disk)
            let names = try disk.names(in: directory) ?? []
            let left = names.filter { $0 == Self.typed || $0.hasPrefix(".\(Self.typed)") && $0.hasSuffix(".part") }
            for name in left { try disk.remove("\(directory)/\(name)") }
            if !left.isEmpty { try disk.syncFolder(directory) }
        }
    }

    /// Whether something stands at a path.
    package func isInTheWay(_ path: String) -> Bool { configuration.disk.exists(path) }

    /// Writes a file in clear, for nobody but this user; durable on return.
    /// - Throws: `StoreError.fileInTheWay` where something stands there.
    package func writeNewFile(_ content: [UInt8], to path: String) throws {
        guard !isInTheWay(path) else { throw StoreError.fileInTheWay(path) }
        try Self.translating { try configuration.disk.write(content, to: path) }
    }
}
