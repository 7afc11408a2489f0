import StoepModel
import StoepStore

/// What keeps a store from whoever finds the laptop.
public enum StoreProtection: Equatable, Sendable {
    /// Its pages are in clear.
    case none
    case passphrase
    /// A file beside it or elsewhere: whoever has the disk has both.
    case keyFile(String)

    init(_ protection: KeyProtection) {
        self =
            switch protection {
            case .none: .none
            case .passphrase: .passphrase
            case .file(let path): .keyFile(path)
            }
    }
}

extension Replica {
    /// By what the store in a directory is protected.
    public static func protection(of directory: String) throws(ReplicaError) -> StoreProtection {
        try ReplicaError.naming {
            guard Store.exists(in: directory) else { throw ReplicaError.storeNotFound(directory: directory) }
            return StoreProtection(try Store.protection(in: directory))
        }
    }

    /// Unlocks the store for all programs of this user, for so many seconds: the kernel keeps the key.
    /// - Throws: `wrongPassphrase`, `keyringUnavailable`.
    public static func unlock(
        _ directory: String, passphrase: [UInt8], seconds: UInt32
    ) throws(ReplicaError) {
        try ReplicaError.naming {
            guard Store.exists(in: directory) else { throw ReplicaError.storeNotFound(directory: directory) }
            try Store.unlock(configuration(directory, "stoep unlock", 5000), passphrase: passphrase, seconds: seconds)
        }
    }

    /// Has the kernel forget the key.
    /// - Returns: whether the store was unlocked.
    public static func relock(_ directory: String) throws(ReplicaError) -> Bool {
        try ReplicaError.naming {
            guard Store.exists(in: directory) else { throw ReplicaError.storeNotFound(directory: directory) }
            return try Store.protection(in: directory) == .none ? false : Store.relock(directory)
        }
    }

    /// Wraps the store's key by another passphrase; no page is written.
    /// - Parameters:
    ///   - directory: where the store stands.
    ///   - old: the passphrase in force; nil where there is none.
    ///   - new: nil for a key file beside the store.
    ///   - environment: clock, randomness and cryptography; the machine's own unless given.
    public static func changePassphrase(
        of directory: String, from old: [UInt8]?, to new: [UInt8]?, environment: StoepModel.Environment = .system
    ) throws(ReplicaError) {
        try ReplicaError.naming {
            try Store.protect(
                configuration(directory, "stoep passphrase", 5000), passphrase: old, by: protection(by: new), environment)
        }
    }

    /// Gives the store another key, and writes every page anew. Nobody else may have it open.
    /// - Parameters:
    ///   - directory: where the store stands.
    ///   - passphrase: the one in force; nil where there is none.
    ///   - environment: clock, randomness and cryptography; the machine's own unless given.
    public static func changeKey(
        of directory: String, passphrase: [UInt8]?, environment: StoepModel.Environment = .system
    ) throws(ReplicaError) {
        _ = try ReplicaError.naming {
            try Store.rekey(configuration(directory, "stoep passphrase", 5000), passphrase: passphrase, environment)
        }
    }

    /// What wraps the keys of a store: a passphrase, or where there is none a file beside it.
    static func protection(by passphrase: [UInt8]?) -> KeyProtection {
        passphrase.map { .passphrase($0) } ?? .besideTheStore
    }
}
