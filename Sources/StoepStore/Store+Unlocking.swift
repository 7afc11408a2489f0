import StoepModel
import StoepSQLite

/// Where the keys of a store come from.
extension Store {
    /// The keys of the store in a directory, without asking anybody: those that the configuration has, from the file
    /// that they are wrapped by, from the kernel's keyring, or by the passphrase that the configuration has.
    ///
    /// - Parameter making: makes keys where there are none yet and the configuration wants them, durably.
    /// - Returns: none for a store in clear.
    /// - Throws: `locked` where a passphrase is needed.
    package static func keys(_ configuration: Configuration, making: Environment? = nil) throws -> [PageKey] {
        if let keys = configuration.keys { return keys }
        let (directory, disk) = (configuration.directory, configuration.disk)
        guard WrappedKeys.exists(in: directory, on: disk) else {
            guard let making, configuration.protection != .none else { return [] }
            return [try makeKeys(configuration, making)]
        }
        let wrapped = try WrappedKeys.read(directory, on: disk)
        var passphrase: [UInt8]?
        if case .scrypt = wrapped.wrapping {
            if let kept = Keyring.get(wrapped.entries.map(\.fileID)) { return kept }
            guard case .passphrase(let given) = configuration.protection else {
                throw StoreError.locked(directory: directory)
            }
            passphrase = given
        }
        return try wrapped.unwrap(WrappedKeys.key(wrapped.wrapping, passphrase: passphrase, directory, on: disk))
    }

    private static func makeKeys(_ configuration: Configuration, _ environment: Environment) throws -> PageKey {
        let (directory, disk) = (configuration.directory, configuration.disk)
        let key = freshKey(environment)
        let (wrapping, wrappingKey) = try WrappedKeys.wrapping(
            configuration.protection, directory, on: disk, random: environment.random)
        try WrappedKeys([key], wrapping, key: wrappingKey, random: environment.random).write(directory, on: disk)
        return key
    }

    static func freshKey(_ environment: Environment) -> PageKey {
        guard
            let key = PageKey(
                fileID: environment.random(PageKey.idByteCount), key: environment.random(PageKey.keyByteCount))
        else { preconditionFailure("the generator gave another number of bytes than was asked for") }
        return key
    }

    /// What the pages of this store are sealed with; none for one in clear.
    package var pageKeys: [PageKey] { files?.keys ?? [] }

    // MARK: What people do with them

    /// By what the store in a directory is protected; `none` where its pages are in clear. A passphrase is not told.
    package static func protection(in directory: String, on disk: any Disk = SystemDisk()) throws -> KeyProtection {
        try translating {
            guard WrappedKeys.exists(in: directory, on: disk) else { return .none }
            switch try WrappedKeys.read(directory, on: disk).wrapping {
            case .scrypt: return .passphrase([])
            case .file(let path): return .file(WrappedKeys.absolute(path, directory))
            }
        }
    }

    /// By what this store is protected.
    package func protection() throws -> KeyProtection {
        try Self.protection(in: configuration.directory, on: configuration.disk)
    }

    /// Unlocks the store for other programs of this user too, for so long. Where it is wrapped by a file there is
    /// nothing to do.
    /// - Throws: `wrongPassphrase`; `keyringUnavailable` where this machine has no keyring for it.
    package static func unlock(_ configuration: Configuration, passphrase: [UInt8], seconds: UInt32) throws {
        try translating {
            let wrapped = try WrappedKeys.read(configuration.directory, on: configuration.disk)
            guard case .scrypt = wrapped.wrapping else { return }
            let key = try WrappedKeys.key(
                wrapped.wrapping, passphrase: passphrase, configuration.directory, on: configuration.disk)
            try Keyring.put(wrapped.unwrap(key), seconds: seconds)
        }
    }

    /// Forgets the keys that were unlocked; programs that run go on.
    /// - Returns: whether there were any.
    package static func relock(_ directory: String, on disk: any Disk = SystemDisk()) throws -> Bool {
        try translating {
            var wasUnlocked = false
            for entry in try WrappedKeys.read(directory, on: disk).entries where Keyring.remove(entry.fileID) {
                wasUnlocked = true
            }
            return wasUnlocked
        }
    }

    /// Wraps the same keys by something else: no page is written. Durable on return.
    /// - Parameters:
    ///   - passphrase: the one in force; nil where there is none.
    ///   - protection: what it is to be from now on.
    package static func protect(
        _ configuration: Configuration, passphrase: [UInt8]?, by protection: KeyProtection, _ environment: Environment
    ) throws {
        let (directory, disk) = (configuration.directory, configuration.disk)
        try translating {
            try disk.writeLock(lockPath(directory)).withLock(
                timeoutMilliseconds: configuration.lockTimeoutMilliseconds, holder: configuration.holder
            ) {
                let before = try WrappedKeys.read(directory, on: disk)
                let keys = try before.unwrap(
                    WrappedKeys.key(before.wrapping, passphrase: passphrase, directory, on: disk))
                if case .file = before.wrapping, case .file = protection { return }
                let (wrapping, key) = try WrappedKeys.wrapping(
                    protection, directory, on: disk, random: environment.random)
                try WrappedKeys(keys, wrapping, key: key, random: environment.random).write(directory, on: disk)
                if case .file(let path) = before.wrapping {
                    let absolute = WrappedKeys.absolute(path, directory)
                    try disk.remove(absolute)
                    try disk.syncFolder(DurableFile.folder(of: absolute))
                }
            }
        }
    }
}
