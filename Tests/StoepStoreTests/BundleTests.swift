import Foundation
import StoepCrypto
import StoepMerge
import StoepModel
import StoepSQLite
import StoepTestSupport
import StoepWire
import Testing

@testable import StoepStore

/// Bundles: what is written, what of it others can read, and what becomes of it where it is taken in.
@Suite struct BundleTests {
    private struct Scene {
        let space: TestSpace
        let anna: Store
        let bram: Store
        let owner: Store

        init(seed: UInt64, partitions: [String] = ["north", "south"]) throws {
            space = try TestSpace(seed: seed, partitions: partitions)
            anna = try space.laptop("Anna", in: partitions)
            bram = try space.laptop("Bram", in: partitions)
            owner = try space.laptop("Olga", .owner, in: [])
            try space.settle([anna, bram, owner])
        }

        func path(_ name: String = "b.stoep") -> String { space.scratch.path + "/" + name }

        @discardableResult
        func export(_ store: Store, to name: String = "b.stoep", beyond have: HeadList = .empty) throws -> BundleWritten
        {
            let export = try BundleExport(store, to: path(name), beyond: have)
            while try export.step() {}
            return try export.finish()
        }

        func take(_ store: Store, _ name: String = "b.stoep") throws -> BundleTaken {
            let taking = try BundleImport(path(name), into: store, as: try store.owner(of: store.keys.publicKey))
            while try taking.step() {}
            return taking.taken
        }

        func bytes(_ name: String = "b.stoep") throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
        }

        func put(_ bytes: [UInt8], as name: String = "b.stoep") throws {
            try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
        }

        func frontier(_ store: Store) throws -> HeadList { try store.read { try store.headList(store.logs()) } }
    }

    private func name(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch StoreError.bundle(let error) {
            return error.name
        } catch {
            return "\(error)"
        }
    }

    // MARK: What it brings

    @Test func `a bundle brings what is here, and a second time nothing`() throws {
        let scene = try Scene(seed: 1)
        try scene.anna.save([.conversation("meer bankjes"), .theme("groen")])
        try scene.bram.save([.conversation("te hard rijden", in: "south")])
        let written = try scene.export(scene.anna)
        #expect(written.logs == [.roster, .square, LogID.street("north")].compactMap { $0 })
        let taken = try scene.take(scene.bram)
        #expect(taken.fresh == 2 && taken.refused.isEmpty && taken.sealedToOthers == 0)
        #expect(try scene.take(scene.bram).fresh == 0)
        try scene.export(scene.bram, to: "back")
        #expect(try scene.take(scene.anna, "back").fresh == 1)
        #expect(try scene.space.hashes(scene.anna) == scene.space.hashes(scene.bram))
        // No daemon has any of it.
        #expect(try scene.anna.status().unsynced == 2)
        #expect(try scene.bram.status().unsynced == 1)
        try scene.space.settle([scene.bram])
        #expect(try scene.bram.status().unsynced == 0)
        #expect(try scene.space.hashes(scene.space.hub) == scene.space.hashes(scene.bram))
        #expect(try scene.anna.status().unsynced == 2)
        try scene.space.settle([scene.anna])
        #expect(try scene.anna.status().unsynced == 0)
    }

    @Test func `a carrier who may not read it learns nothing from it and carries it on`() throws {
        let scene = try Scene(seed: 2)
        let canary = "Mevrouw de Vries wil een bankje"
        try scene.anna.save([.conversation(canary, observation: "zij zat op de stoep"), .theme("zitplekken")])
        try scene.export(scene.anna)
        let bytes = try scene.bytes()
        for word in [
            canary, "stoep op", "zij zat", "zitplekken", "north", "south", "street", "square", "roster", "Anna",
        ] {
            #expect(bytes.range(of: Array(word.utf8)) == nil, "\(word)")
        }
        let seen = try scene.owner.inspectBundle(scene.path())
        #expect(seen.logs.map(\.log) == [.roster, .square, nil] && seen.sealedToOthers == 1)
        let taken = try scene.take(scene.owner)
        #expect(taken.logs == [.roster, .square] && taken.sealedToOthers == 1 && taken.fresh == 1)
        #expect(try scene.owner.status().logs.allSatisfy { $0.log.kind <= .square })
        #expect(try scene.take(scene.bram).logs.count == 3)
        #expect(try scene.space.hashes(scene.anna) == scene.space.hashes(scene.bram))
    }

    @Test func `only what the other lacks, by the line that they handed over`() throws {
        let scene = try Scene(seed: 3)
        for number in 0..<20 { try scene.anna.save([.conversation("gesprek \(number)")]) }
        let all = try scene.export(scene.anna)
        try scene.space.settle([scene.anna, scene.bram])
        try scene.anna.save([.conversation("nog een")])
        let line = try scene.frontier(scene.bram).text(.openSSL)
        let frontier = try #require(HeadList(text: line, .openSSL))
        let few = try scene.export(scene.anna, beyond: frontier)
        #expect(few.logs == [LogID.street("north")].compactMap { $0 } && few.changes == 1 && few.bytes < all.bytes / 2)
        #expect(try scene.take(scene.bram).fresh == 1)
        let nothing = try scene.export(scene.anna, beyond: scene.frontier(scene.bram))
        #expect(nothing.logs.isEmpty && nothing.changes == 0)
        #expect(try scene.take(scene.bram) == BundleTaken())
        for cut in [0, 1, 16, 17, line.utf8.count / 2, line.utf8.count - 1] {
            #expect(HeadList(text: String(line.prefix(cut)), .openSSL) == nil)
        }
        #expect(HeadList(text: "stoep1." + line.dropFirst(16), .openSSL) == nil)
    }

    @Test func `a daemon takes a bundle in and hands it out`() throws {
        let scene = try Scene(seed: 4)
        try scene.anna.save([.conversation("via de stick")])
        try scene.export(scene.anna)
        let hub = scene.space.hub
        let taking = try BundleImport(scene.path(), into: hub, as: nil)
        while try taking.step() {}
        #expect(taking.taken.fresh == 1)
        while try hub.foldSome() {}
        try scene.space.sync(scene.bram)
        #expect(try scene.space.hashes(scene.anna) == scene.space.hashes(scene.bram))
        let unsynced = try scene.anna.status().unsynced
        #expect(unsynced == 1, "nobody has told Anna's laptop yet")
        try scene.space.sync(scene.anna)
        #expect(try scene.anna.status().unsynced == 0)
        try scene.export(hub, to: "hub")
        #expect(try scene.take(scene.bram, "hub").fresh == 0)
    }

    @Test func `a laptop whose roster has not come yet takes it from a bundle`() throws {
        let scene = try Scene(seed: 5)
        let fresh = try scene.space.laptop("Nora")
        let member = try scene.space.hub.owner(of: fresh.keys.publicKey)
        try scene.space.settle([scene.anna])
        try scene.anna.save([.conversation("voor Nora")])
        try scene.export(scene.anna)
        let taking = try BundleImport(scene.path(), into: fresh, as: member)
        while try taking.step() {}
        #expect(taking.taken.logs == [.roster, LogID.street("north")] && taking.taken.sealedToOthers == 0)
        #expect(try fresh.status().logs.map(\.stateHash) == scene.anna.status().logs.map(\.stateHash))
    }

    @Test func `what the roster here does not let this device read is left out`() throws {
        let scene = try Scene(seed: 6)
        try scene.anna.save([.conversation("in het noorden")])
        // Bram's grant is withdrawn; he knows it, Anna does not.
        let bram = try #require(try scene.bram.owner(of: scene.bram.keys.publicKey))
        try scene.space.grant(bram, "north", level: 0)
        try scene.space.sync(scene.bram)
        try scene.export(scene.anna)
        let taken = try scene.take(scene.bram)
        #expect(taken.notReadable == [LogID.street("north")].compactMap { $0 } && taken.fresh == 0)
    }

    @Test func `no revoked member is among the readers`() throws {
        let scene = try Scene(seed: 7)
        let bram = try #require(try scene.bram.owner(of: scene.bram.keys.publicKey))
        try scene.space.setRole(bram, .revoked)
        try scene.space.sync(scene.anna)
        try scene.export(scene.anna)
        #expect(name { _ = try scene.take(scene.bram) } == "bundle-nothing-for-you")
    }

    // MARK: Cut

    @Test func `an import cut after any step goes on from there, to the same state`() throws {
        let partitions = (0..<4).map { "area\($0)" }
        let scene = try Scene(seed: 8, partitions: partitions)
        for partition in partitions { try scene.anna.save([.conversation("in \(partition)", in: partition)]) }
        // More than one piece of one log.
        for number in 0..<22 {
            let text = scene.space.random.bytes(30_000).map { String($0, radix: 16) }.joined()
            let note = FieldEdit.set(Field.Conversation.place, .text(String(text.prefix(60_000))))
            try scene.anna.save([.conversation("\(number)", in: "area1", extra: [note])])
        }
        try scene.export(scene.anna)
        let pieces = try scene.anna.inspectBundle(scene.path()).logs.reduce(0) { $0 + $1.pieces }
        #expect(pieces >= 6, "\(pieces)")
        let expected = try scene.space.hashes(scene.anna)
        var steps = 0
        var resumed = 0
        // Each time by one step more; the checking of all pieces comes first.
        while true {
            let store = try scene.space.laptop("Carl \(steps)", in: [])
            let member = try #require(try scene.space.hub.owner(of: store.keys.publicKey))
            for partition in partitions { try scene.space.grant(member, partition) }
            try scene.space.sync(scene.anna)
            try scene.export(scene.anna)
            let taking = try BundleImport(scene.path(), into: store, as: member)
            var isDone = false
            for _ in 0..<(pieces + 1 + steps) where !isDone { isDone = try !taking.step() }
            if isDone { break }
            let again = try scene.space.reopen(store)
            let second = try BundleImport(scene.path(), into: again, as: member)
            while try second.step() {}
            resumed = max(resumed, second.taken.resumedAfter)
            let hashes = try scene.space.hashes(again)
            #expect(hashes.filter { $0.key != .roster } == expected.filter { $0.key != .roster }, "cut after \(steps)")
            #expect(try again.read { try again.meta("bundle-") } == nil)
            #expect(try scene.take(again).resumedAfter == 0, "the marker is gone")
            steps += 1
        }
        #expect(resumed == pieces)
    }

    @Test func `what an import left out before it was cut comes with the next, once it may be read`() throws {
        let scene = try Scene(seed: 18)
        for partition in ["north", "south"] { try scene.anna.save([.conversation("in \(partition)", in: partition)]) }
        let bram = try #require(try scene.bram.owner(of: scene.bram.keys.publicKey))
        try scene.space.grant(bram, "north", level: 0)
        try scene.space.sync(scene.bram)
        let north = try #require(LogID.street("north"))
        #expect(try scene.export(scene.anna).logs.last == LogID.street("south"))
        let cut = try BundleImport(scene.path(), into: scene.bram, as: bram)
        while cut.taken.fresh == 0 { #expect(try cut.step()) }
        #expect(cut.taken.notReadable == [north])
        try scene.space.grant(bram, "north")
        let again = try scene.space.reopen(scene.bram)
        try scene.space.sync(again)
        let taken = try scene.take(again)
        #expect(taken.fresh == 1 && taken.notReadable.isEmpty)
        #expect(try scene.space.hashes(again)[north] == scene.space.hashes(scene.anna)[north])
    }

    @Test func `what an attempt could not take, or what has gone since, is not skipped by the next`() throws {
        let scene = try Scene(seed: 12)
        let space = scene.space
        let (north, south) = (try #require(LogID.street("north")), try #require(LogID.street("south")))
        let talks = try ["north", "south"].map { try scene.anna.save([.conversation("in \($0)", in: $0)])[0] }
        try scene.export(scene.anna)
        let member = try #require(try scene.bram.owner(of: scene.bram.keys.publicKey))
        /// Everything but the end, at which the marker goes.
        func cut() throws {
            let taking = try BundleImport(scene.path(), into: scene.bram, as: member)
            let pieces = taking.reading.manifest.logs.reduce(0) { $0 + $1.pieces.count }
            for _ in 0..<(2 * pieces + 1) { #expect(try taking.step()) }
        }
        // He may not read the north, for a while.
        try space.grant(member, "north", level: 0)
        try space.sync(scene.bram)
        try cut()
        #expect(try scene.bram.heads(north).isEmpty && !scene.bram.heads(south).isEmpty)
        try space.grant(member, "north")
        try space.sync(scene.bram)
        #expect(try scene.take(scene.bram).notReadable.isEmpty)
        for talk in talks { #expect(try scene.bram.seen(talk).isListed) }
        // All of it was taken, and then a log was destroyed by order.
        try cut()
        try scene.bram.write { try scene.bram.purge(log: south) }
        #expect(try !scene.bram.seen(talks[1]).isListed)
        _ = try scene.take(scene.bram)
        for talk in talks { #expect(try scene.bram.seen(talk).isListed) }
    }

    // MARK: Damage

    @Test func `a bit changed anywhere is noticed, and nothing is taken in`() throws {
        let scene = try Scene(seed: 9)
        try scene.anna.save([.conversation("één"), .theme("groen")])
        try scene.export(scene.anna)
        let bytes = try scene.bytes()
        let before = try scene.space.hashes(scene.bram)
        let contents = try scene.bram.inspectBundle(scene.path())
        var names: [String: Int] = [:]
        for _ in 0..<400 {
            var changed = bytes
            changed[scene.space.random.below(bytes.count)] ^= 1 << UInt8(scene.space.random.below(8))
            try scene.put(changed)
            if let name = name({ _ = try scene.bram.inspectBundle(scene.path()) }) {
                names[name, default: 0] += 1
            } else {
                // Of the time, and of what is sealed to one reader, any bits are well-formed. Then at most that is lost.
                let seen = try scene.bram.inspectBundle(scene.path())
                #expect(seen.logs.count == contents.logs.count)
                #expect(zip(seen.logs, contents.logs).allSatisfy { $0 == $1 || $0.log == nil })
            }
        }
        #expect((names["bundle-damaged"] ?? 0) > 100, "\(names)")
        #expect(names.keys.allSatisfy { $0.hasPrefix("bundle-") }, "\(names)")
        for index in [bytes.count - 1, bytes.count - 300, 100] {
            var changed = bytes
            changed[index] ^= 1
            try scene.put(changed)
            _ = name { _ = try scene.take(scene.bram) }
            let after = try scene.space.hashes(scene.bram)
            let whole = try scene.space.hashes(scene.anna)
            #expect(after == before || after == whole)
        }
        for count in [0, 1, 13, 14, 17, 18, 40, bytes.count / 2, bytes.count - 1] {
            try scene.put(Array(bytes.prefix(count)))
            #expect(name { _ = try scene.take(scene.bram) } == "bundle-damaged", "\(count) bytes")
        }
        try scene.put(bytes + [0])
        #expect(name { _ = try scene.take(scene.bram) } == "bundle-damaged")
    }

    @Test func `what is not for this device, space or version is refused by name`() throws {
        let scene = try Scene(seed: 10)
        let other = try Scene(seed: 11)
        try scene.anna.save([.conversation("één")])
        try scene.export(scene.anna)
        let bytes = try scene.bytes()
        try other.put(bytes)
        #expect(name { _ = try other.take(other.bram) } == "bundle-of-another-space")
        try scene.put(Array("stoep/2 bundle".utf8) + bytes.dropFirst(14))
        #expect(name { _ = try scene.take(scene.bram) } == "bundle-version")
        // 18 bytes of head; the manifest's version is its second byte.
        try scene.put(Array(bytes[..<19]) + [2] + bytes.dropFirst(20))
        #expect(name { _ = try scene.take(scene.bram) } == "bundle-version")
        let stranger = try scene.space.emptyLaptop()
        try scene.put(bytes)
        let taking = try BundleImport(scene.path(), into: stranger, as: RecordID(Bytes16(high: 1, low: 1)))
        #expect(name { while try taking.step() {} } == "bundle-nothing-for-you")
        #expect(throws: StoreError.self) { _ = try scene.take(scene.bram, "missing") }
    }

    @Test func `a segment that does not hold is refused by name, and the others are taken in`() throws {
        let scene = try Scene(seed: 12)
        let anna = scene.anna
        try anna.save([.conversation("goed")])
        try anna.save([.conversation("zuid", in: "south")])
        try anna.prepareToSend()
        let north = try #require(LogID.street("north"))
        let south = try #require(LogID.street("south"))
        func segments(_ log: LogID) throws -> [PackedSegment] {
            try anna.read { try anna.segments(beyond: .empty, in: .all, of: [log]) }.segments.map(\.packed)
        }
        let good = try segments(north)
        var broken = try good[0].unpacked()
        broken = Segment(
            log: broken.log, actor: broken.actor, first: broken.first, base: broken.base, birth: broken.birth,
            changes: broken.changes, signature: Signature([UInt8](repeating: 7, count: 64))!)
        let piece = BundlePiece(log: north, segments: [try broken.packed()] + (try segments(south)) + good)
        let key = BundleKey(Bytes32([UInt8](repeating: 3, count: 32))!, space: scene.space.id, index: 0)
        let sealed = key.seal(piece, number: 0, .openSSL)
        let recipient = try #require(
            key.sealed(to: scene.bram.keys.sealingKey, ephemeralSecret: scene.space.random.bytes(32), .openSSL))
        let manifest = BundleManifest(
            space: scene.space.id, time: scene.space.clock.now,
            logs: [
                SealedLog(
                    recipients: [recipient],
                    pieces: [BundlePieceEntry(length: sealed.count, digest: SHA256.digest(sealed))])
            ]
        ).encoded()
        try scene.put(BundleHead.encoded(manifestBytes: manifest.count) + manifest + sealed)
        let taken = try scene.take(scene.bram)
        #expect(taken.refused == ["signature-invalid", "log-mismatch"] && taken.fresh == 1)
        #expect(try scene.space.hashes(scene.bram)[north] == scene.space.hashes(anna)[north])
        #expect(try scene.bram.heads(south).isEmpty)
    }

    // MARK: Files

    @Test func `a bundle replaces a bundle and nothing else, and leaves no other file`() throws {
        let scene = try Scene(seed: 13)
        try scene.export(scene.anna)
        try scene.export(scene.anna)
        let attributes = try FileManager.default.attributesOfItem(atPath: scene.path())
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try scene.put(Array("een brief".utf8), as: "brief.txt")
        try FileManager.default.createSymbolicLink(
            atPath: scene.path("link"), withDestinationPath: scene.path("brief.txt"))
        try FileManager.default.createDirectory(atPath: scene.path("map"), withIntermediateDirectories: false)
        for name in ["brief.txt", "link", "map"] {
            #expect(throws: StoreError.self) { try scene.export(scene.anna, to: name) }
            #expect(throws: StoreError.self) { _ = try scene.take(scene.bram, name) }
        }
        #expect(try scene.bytes("brief.txt") == Array("een brief".utf8))
        #expect(throws: StoreError.self) { try scene.export(scene.anna, to: "nowhere/b.stoep") }
        for folder in [scene.space.scratch.path, scene.anna.configuration.directory] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!names.contains { $0.contains(".part") }, "\(names)")
        }
        // What a killed export left is replaced, what is somebody's is not.
        try scene.put([], as: "b.stoep.part")
        try scene.export(scene.anna)
        try scene.put(Array("stoep/1 bundle".utf8), as: "b.stoep.part")
        try scene.export(scene.anna)
        try scene.put(Array("een brief".utf8), as: "b.stoep.part")
        #expect(throws: StoreError.self) { try scene.export(scene.anna) }
    }

    @Test func `each deed leaves an audit record`() throws {
        let scene = try Scene(seed: 14)
        try scene.export(scene.anna)
        _ = try scene.take(scene.bram)
        func audit(_ store: Store) throws -> [String] {
            try store.read { try store.db.query("SELECT what FROM audit ORDER BY id") { $0.string(0) } }
        }
        #expect(try audit(scene.anna).last?.hasPrefix("bundle export") == true)
        #expect(try audit(scene.bram).last?.hasPrefix("bundle import") == true)
    }
}

extension Array where Element == UInt8 {
    fileprivate func range(of part: [UInt8]) -> Range<Int>? {
        Data(self).range(of: Data(part))
    }
}
