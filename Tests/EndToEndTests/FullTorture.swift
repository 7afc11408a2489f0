import Foundation
import StoepTestSupport
import Testing

extension EndToEnd {
    /// A disk that is filled to the last byte: Tools/torture full.
    @Suite(.serialized)
    struct FullTorture {
        @Test
        func `on a disk without a byte left one can read, erase and bundle out, and is told what to do`() async throws {
            let torture = Torture("full", rounds: 1)
            let space = try await Space.serving()
            for round in 0..<torture.rounds {
                let random = SeededRandom(seed: torture.seed(of: round))
                guard let disk = try await SmallDisk(in: space, kilobytes: (96 << 10) + 4 * random.below(512)) else {
                    return torture.tell("left out: a disk in memory can be mounted by root only (mount -t tmpfs)")
                }
                try await tormentOne(space, disk, "fatima\(round)", random, "seed \(torture.seed(of: round))")
                try await disk.remove()
            }
            torture.tell(
                """
                \(torture.rounds) disks filled to the last byte: all could be read, erased from and bundled out; \
                saving was refused by name, and worked once there was room
                """)
        }

        private func tormentOne(
            _ space: Space, _ disk: SmallDisk, _ name: String, _ random: SeededRandom, _ round: String
        ) async throws {
            let invitation = try await space.invite("volunteer", name, areas: [Space.oudeNoorden])
            let laptop = Laptop(space: space, store: disk.path + "/store")
            try await laptop.run("join", "-", input: invitation).done()
            let canaries = (0..<3).map { Canary("mevrouw Kanarie-Vogelenzang nummer \($0) \(round)") }
            var ids: [String] = []
            for canary in canaries { ids.append(try await laptop.hears(canary.text)) }
            for number in 0..<random.below(20) { _ = try await laptop.hears("\(name) gesprek \(number)") }
            try await laptop.sync()

            try disk.fill()
            // What fits in pages that the store has already is saved; in the end nothing does.
            var refused: Answer?
            var said = try await laptop.words()
            for number in 0..<500 where refused == nil {
                let words = "vol \(number) \(String(repeating: "hoor ", count: 200))"
                let answer = try await laptop.run("talk", "new", "--area", Space.oudeNoorden, "--words", words)
                if answer.code == 0 { said.append(words) } else { refused = answer }
                try disk.fill()
            }
            let answer = try #require(refused, "\(round): the disk was never full")
            answer.refused(1, "disk-full")
            #expect(answer.json["error"]["advice"].string?.isEmpty == false)

            #expect(try await laptop.words() == said.sorted(), "\(round)")
            _ = try await laptop.show(ids[0])
            try await laptop.run("search", "Kanarie").done()
            _ = try await laptop.status()
            try await laptop.run("doctor").done()
            try disk.fill()
            try await laptop.run("bundle", "export", "\(space.folder)/\(name).stoep").done()
            for (id, canary) in zip(ids, canaries) {
                try await laptop.run("erase", "--yes", id).done()
                #expect(try canary.files(under: laptop.store) == [], "\(round): erased, and still on the disk")
                said.removeAll { $0 == canary.text }
                try disk.fill()
            }
            #expect(try await laptop.words() == said.sorted(), "\(round)")

            try disk.empty()
            said.append(name + " heeft weer ruimte")
            _ = try await laptop.hears(name + " heeft weer ruimte")
            for _ in 0..<2 { try await laptop.sync() }
            #expect(Set(try await laptop.words()).isSuperset(of: said), "\(round)")
            try await laptop.run("doctor").done()
            try await expectSame(space, laptop)
        }
    }
}

/// A file system of a few megabytes in memory.
private final class SmallDisk {
    let path: String
    private let space: Space
    private var fillers = 0

    /// Nil where nobody may mount here.
    init?(in space: Space, kilobytes: Int) async throws {
        self.space = space
        path = "\(space.folder)/disk-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let options = "size=\(kilobytes)k,mode=0700"
        guard getuid() == 0,
            try await space.run("/bin/mount", ["-t", "tmpfs", "-o", options, "tmpfs", path]).code == 0
        else { return nil }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Takes every block that is free, and every byte of the last.
    func fill() throws {
        fillers += 1
        let descriptor = open("\(path)/filler-\(fillers)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            guard errno == ENOSPC else { throw Failure("filling: \(String(cString: strerror(errno)))") }
            return
        }
        defer { close(descriptor) }
        for size in [1 << 16, 4096, 1] {
            let piece = [UInt8](repeating: 7, count: size)
            while write(descriptor, piece, size) == size {}
        }
    }

    func empty() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: path) where name.hasPrefix("filler-") {
            try FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
    }

    func remove() async throws {
        #expect(try await space.run("/bin/umount", [path]).code == 0)
    }
}
