import Glibc

extension SimulatedDisk {
    /// What the files held at one moment, as a backup or a clone of the machine has it.
    package struct Image: Sendable {
        let files: [String: [UInt8]]
        let folders: Set<String>
    }

    /// Taken of what programs read: of a store that is closed, or that nobody writes to.
    package func image() -> Image { Image(files: files.mapValues(\.bytes), folders: folders) }

    /// Puts an image in place of everything that is on this disk, durably. No file may be open, except those from
    /// before a restart.
    package func load(_ image: Image) {
        precondition(files.values.allSatisfy { $0.shared == nil && !$0.locks.isInUse }, "\(name) has files open")
        files = image.files.mapValues { StoredFile(durable: $0) }
        folders = image.folders
        durableFiles = files
        durableFolders = folders
        pendingNames = []
        heldLocks = [:]
    }

    /// Whether these bytes stand anywhere, in the cache or on the platter: logs, free pages and what a page no longer
    /// uses included.
    package func contains(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return true }
        return (Array(files.values) + durableFiles.values).contains { file in
            [file.bytes, file.durable].contains { Self.finds(bytes, in: $0) }
        }
    }

    /// The files in which these bytes stand.
    package func files(with bytes: [UInt8]) -> [String] {
        files.filter { Self.finds(bytes, in: $0.value.bytes) || Self.finds(bytes, in: $0.value.durable) }.map(\.key)
            .sorted()
            + durableFiles.filter { files[$0.key] == nil && Self.finds(bytes, in: $0.value.durable) }.map {
                $0.key + " (gone)"
            }.sorted()
    }

    private static func finds(_ needle: [UInt8], in bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let first = needle.first else { return needle.isEmpty }
            var start = 0
            while start + needle.count <= bytes.count,
                let found = memchr(base + start, Int32(first), bytes.count - needle.count + 1 - start)
            {
                if memcmp(found, needle, needle.count) == 0 { return true }
                start = UnsafeRawPointer(found) - base + 1
            }
            return false
        }
    }

    /// What a program would read there now; nil where there is no such file.
    package func bytes(of path: String) -> [UInt8]? { files[path]?.bytes }

    package var usedBytes: Int { files.values.reduce(0) { $0 + $1.bytes.count } }

    /// One number for what all files hold. The salts of a write-ahead log, and the checksums that come of them, are
    /// left out: SQLite draws them from a generator that every thread of the process shares.
    package var digest: UInt64 {
        var digest = Digest()
        for (path, file) in files.sorted(by: { $0.key < $1.key }) {
            digest.add(Array(path.utf8))
            digest.add(path.hasSuffix("-wal") ? Self.withoutSalts(file.bytes) : file.bytes)
        }
        return digest.value
    }

    private static func withoutSalts(_ log: [UInt8]) -> [UInt8] {
        let (header, frameHeader) = (32, 24)
        guard log.count >= header else { return log }
        var log = log
        let pageSize = log[8..<12].reduce(0) { $0 << 8 | Int($1) }
        for index in 16..<header { log[index] = 0 }
        guard pageSize >= 512, pageSize <= 65536 else { return log }
        for frame in stride(from: header, through: log.count - frameHeader, by: frameHeader + pageSize) {
            for index in (frame + 8)..<(frame + frameHeader) { log[index] = 0 }
        }
        return log
    }
}

/// Quick and even, against nobody: to see that two runs came to the same.
private struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: [UInt8]) {
        mix(UInt64(bytes.count))
        bytes.withUnsafeBytes { bytes in
            var offset = 0
            while offset + 8 <= bytes.count {
                mix(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            while offset < bytes.count {
                mix(UInt64(bytes[offset]))
                offset += 1
            }
        }
    }

    private mutating func mix(_ word: UInt64) {
        value = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
        value ^= value >> 32
    }
}
