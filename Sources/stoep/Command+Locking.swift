import StoepCommand
import StoepCore
import StoepModel

extension Command {
    private static let minimumPassphraseCharacters = 8
    private static let defaultMinutes = 8 * 60

    /// Opens the store; where it is locked, the passphrase is read from the file that was named, or asked for. What was
    /// typed stays in the kernel's memory for a while, if this machine has a place for it.
    func openReplica(
        _ directory: String, holder: String, waitMilliseconds: Int = 5000, mendsPages: Bool = false
    ) throws -> Replica {
        func open(_ passphrase: [UInt8]?) throws(ReplicaError) -> Replica {
            try Replica(
                directory: directory, holder: holder, waitMilliseconds: waitMilliseconds, passphrase: passphrase,
                mendsPages: mendsPages
            ) { id in EditorFile.forget(id.description, StoepCommand.Environment.process, store: directory) }
        }
        do throws(ReplicaError) {
            return try open(nil)
        } catch .locked {
            if let file = try passphraseFromFile() { return try open(file) }
            guard console.settings.terminal.canAnswer, let typed = PassphrasePrompt.ask(console.text(.askPassphrase))
            else { throw ReplicaError.locked(directory: directory) }
            try keepUnlocked(directory, typed)
            return try open(typed)
        }
    }

    /// Only a convenience: where there is no keyring, the next command asks again.
    private func keepUnlocked(_ directory: String, _ passphrase: [UInt8]) throws {
        do throws(ReplicaError) {
            try Replica.unlock(directory, passphrase: passphrase, seconds: UInt32(Self.defaultMinutes * 60))
        } catch .keyringUnavailable {
            return
        }
    }

    func unlock(_ directory: String) throws -> ExitCode {
        let minutes = try unlockedMinutes()
        guard try Replica.protection(of: directory) == .passphrase else {
            console.answer(["unlocked": true, "passphrase": false]) { console.say(.nothingToUnlock) }
            return .done
        }
        try Replica.unlock(directory, passphrase: passphrase(), seconds: UInt32(clamping: minutes * 60))
        console.answer(["unlocked": true, "passphrase": true, "minutes": .number(minutes)]) {
            console.say(.unlockedFor(minutes: minutes))
        }
        return .done
    }

    func lock(_ directory: String) throws -> ExitCode {
        guard try Replica.protection(of: directory) == .passphrase else {
            console.answer(["locked": false]) { console.say(.nothingToUnlock) }
            return .done
        }
        let wasUnlocked = try Replica.relock(directory)
        console.answer(["locked": true, "wasUnlocked": .bool(wasUnlocked)]) {
            console.say(wasUnlocked ? .locked : .wasLocked)
        }
        return .done
    }

    func changePassphrase(_ directory: String) throws -> ExitCode {
        var current: [UInt8]?
        if try Replica.protection(of: directory) == .passphrase { current = try passphrase() }
        let changesKey = arguments.flag(.newKey)
        let isNamed = arguments.has(.newPassphraseFile) || arguments.flag(.noPassphrase)
        // The key first, under the passphrase that is there: what is cut in between has the one or the other.
        if changesKey {
            _ = try Replica.relock(directory)
            try Replica.changeKey(of: directory, passphrase: current)
        }
        if !changesKey || isNamed {
            let new = try newPassphrase()
            try Replica.changePassphrase(of: directory, from: current, to: new)
            current = new
        }
        _ = try Replica.relock(directory)
        console.answer(["passphrase": .bool(current != nil), "newKey": .bool(changesKey)]) {
            if changesKey { console.say(.keyChanged) }
            if !changesKey || isNamed { console.say(current == nil ? .passphraseRemoved : .passphraseChanged) }
        }
        return .done
    }

    /// The passphrase of a store in the making; nil where it is to have none: because that was asked for, or because
    /// nobody can be asked.
    func joiningPassphrase() throws -> [UInt8]? {
        if arguments.flag(.noPassphrase) { return nil }
        if let file = try passphraseFromFile() { return try checked(file) }
        guard console.settings.terminal.canAnswer, !console.settings.json else { return nil }
        return try askForNew()
    }

    // MARK: Asking

    /// The one in force, of the store or of a backup.
    func passphrase(_ question: Localized = .askPassphrase) throws -> [UInt8] {
        if let file = try passphraseFromFile() { return file }
        guard console.settings.terminal.canAnswer, let typed = PassphrasePrompt.ask(console.text(question)) else {
            throw CommandFailure.passphraseMissing
        }
        return typed
    }

    /// One for a backup of a store that has none.
    func newBackupPassphrase() throws -> [UInt8] {
        if let file = try passphraseFromFile() { return try checked(file) }
        guard console.settings.terminal.canAnswer else { throw CommandFailure.passphraseMissing }
        return try askForNew(.askNewBackupPassphrase)
    }

    private func newPassphrase() throws -> [UInt8]? {
        if arguments.flag(.noPassphrase) { return nil }
        if let file = arguments.text(.newPassphraseFile) { return try checked(Array(contents(of: file).utf8)) }
        guard console.settings.terminal.canAnswer else { throw CommandFailure.newPassphraseMissing }
        return try askForNew()
    }

    private func askForNew(_ question: Localized = .askNewPassphrase) throws -> [UInt8] {
        guard let typed = PassphrasePrompt.ask(console.text(question)) else { throw CommandFailure.newPassphraseMissing }
        let new = try checked(typed)
        guard PassphrasePrompt.ask(console.text(.askPassphraseAgain)) == new else {
            throw CommandFailure.passphrasesDiffer
        }
        return new
    }

    private func checked(_ passphrase: [UInt8]) throws -> [UInt8] {
        guard String(decoding: passphrase, as: UTF8.self).count >= Self.minimumPassphraseCharacters else {
            throw CommandFailure.passphraseTooShort(minimum: Self.minimumPassphraseCharacters)
        }
        return passphrase
    }

    func passphraseFromFile() throws -> [UInt8]? {
        guard let file = arguments.text(.passphraseFile) else { return nil }
        return Array(try contents(of: file).utf8)
    }

    private func contents(of file: String) throws(CommandFailure) -> String { try ContentInput.system.contents(of: file) }

    private func unlockedMinutes() throws -> Int {
        guard let typed = arguments.text(.unlockedTime) else { return Self.defaultMinutes }
        let units: [Character: Int] = ["m": 1, "h": 60, "d": 24 * 60]
        guard let unit = typed.last.flatMap({ units[$0] }), let number = Int(typed.dropLast()),
            (1...43_200).contains(number), (1...43_200).contains(number * unit)
        else { throw CommandFailure.notADuration(typed) }
        return number * unit
    }
}
