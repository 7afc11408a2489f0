import StoepTestSupport

/// A change to what stands under a name, that is not yet on the platter.
enum NameChange {
    case link(String, StoredFile)
    case unlink(String, StoredFile)
    /// One step: never both names, never neither.
    case rename(from: String, to: String, StoredFile)
    case makeFolder(String)
    case removeFolder(String)

    /// Whether it is made durable with this folder.
    func isIn(_ folder: String) -> Bool {
        switch self {
        case .link(let path, _), .unlink(let path, _), .makeFolder(let path), .removeFolder(let path):
            SimulatedDisk.parent(of: path) == folder
        case .rename(let from, let to, _):
            SimulatedDisk.parent(of: from) == folder || SimulatedDisk.parent(of: to) == folder
        }
    }

    /// Whether it gives this file a name.
    func names(_ file: StoredFile) -> Bool {
        switch self {
        case .link(_, let named), .rename(_, _, let named): named === file
        case .unlink, .makeFolder, .removeFolder: false
        }
    }

    /// Whether it makes the folder in which this path stands, or one above it.
    func makesFolder(above path: String) -> Bool {
        if case .makeFolder(let folder) = self { path.hasPrefix(folder + "/") } else { false }
    }
}

extension SimulatedDisk {
    /// "/a" for "/a/b", "/" for "/a".
    static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func child(_ name: String, of folder: String) -> String { folder == "/" ? "/" + name : "\(folder)/\(name)" }

    /// A folder exists when it was made, or when something is in it.
    func folderExists(_ path: String) -> Bool {
        if path == "/" || folders.contains(path) { return true }
        let prefix = path + "/"
        return files.keys.contains { $0.hasPrefix(prefix) } || folders.contains { $0.hasPrefix(prefix) }
    }

    func link(_ file: StoredFile, at path: String) {
        files[path] = file
        pendingNames.append(.link(path, file))
    }

    func unlink(_ path: String) {
        guard let file = files.removeValue(forKey: path) else { return }
        pendingNames.append(.unlink(path, file))
    }

    /// Makes durable what changed in a folder.
    func syncNames(in folder: String) {
        commitNames { $0.isIn(folder) || $0.makesFolder(above: folder + "/") }
    }

    /// A file's first sync brings its name along.
    func syncNames(of file: StoredFile) {
        guard !pendingNames.isEmpty else { return }
        let named = pendingNames.contains { $0.names(file) }
        guard named else { return }
        commitNames { $0.names(file) }
        let paths = durableFiles.filter { $0.value === file }.map(\.key)
        commitNames { change in paths.contains { change.makesFolder(above: $0) } }
    }

    private func commitNames(where isDue: (NameChange) -> Bool) {
        if keepsOrderOfNames {
            guard let last = pendingNames.lastIndex(where: isDue) else { return }
            for change in pendingNames[...last] { commit(change) }
            pendingNames.removeSubrange(...last)
            return
        }
        var left: [NameChange] = []
        for change in pendingNames {
            if isDue(change) { commit(change) } else { left.append(change) }
        }
        pendingNames = left
    }

    private func commit(_ change: NameChange) {
        switch change {
        case .link(let path, let file): durableFiles[path] = file
        case .unlink(let path, let file):
            // Another file may have been given the name, durably, since.
            if durableFiles[path] === file { durableFiles[path] = nil }
        case .rename(let from, let to, let file):
            if durableFiles[from] === file { durableFiles[from] = nil }
            durableFiles[to] = file
        case .makeFolder(let path): durableFolders.insert(path)
        case .removeFolder(let path): durableFolders.remove(path)
        }
    }

    /// At a power cut chance decides how far the changes came, or which of them stand.
    func settleNames() {
        let changes = pendingNames
        pendingNames = []
        let reached = random.below(changes.count + 1)
        for (index, change) in changes.enumerated() {
            let stands = keepsOrderOfNames ? index < reached : random.chance(2)
            if stands { commit(change) } else { note(.lostName) }
        }
    }
}
