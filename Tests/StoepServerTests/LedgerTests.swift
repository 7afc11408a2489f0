import Glibc
import StoepCrypto
import StoepModel
import StoepSQLite
import StoepStore
import StoepTestSupport
import StoepTransport
import StoepWire
import Synchronization
import Testing

@testable import StoepServer

/// A daemon that was restored from a backup, and the ledger of what was erased since (`DESIGN` §6).
@Suite struct LedgerTests {
    private let scratch: ScratchDirectory
    private let data: DataDirectory
    private let disk = FailingDisk()
    private let street = LogID.street("BU1")!

    init() throws {
        scratch = try ScratchDirectory()
        data = DataDirectory(scratch.path + "/a")
        _ = try Initialisation(
            data: data, name: "Oude Noorden", address: try NetworkAddress("stoep.example:7410"),
            rootKeyPath: scratch.path + "/usb.key"
        ).run()
    }

    /// A daemon's part, from its start to its stop.
    private func serving<T>(_ body: (SpaceService) throws -> T) throws -> T {
        var configuration = Store.Configuration(directory: data.path, holder: "test")
        configuration.disk = disk
        let store = try Store.open(configuration, .system)
        defer { store.close() }
        let service = SpaceService(
            store: store, daemonKey: try KeyFile.read(data.tlsKeyPath).verifyingKey, ledgerPath: data.ledgerPath,
            log: .silent)
        try service.start()
        let result = try body(service)
        try store.checkpoint()
        return result
    }

    private func hear(_ store: Store, _ observation: String = "woorden") throws -> RecordID {
        try store.save([
            RecordEdit(
                log: street, target: .new(.conversation), fields: [.text(Field.Conversation.observation, observation)])
        ])[0]
    }

    private func isErased(_ record: RecordID, _ store: Store) throws -> Bool {
        try store.read { try store.isErased(record, in: street) }
    }

    private func backUp() { system("rm -rf '\(scratch.path)/backup'; cp -r '\(data.path)' '\(scratch.path)/backup'") }
    private func restore() { system("rm -rf '\(data.path)'; cp -r '\(scratch.path)/backup' '\(data.path)'") }

    @Test func `a member whose name was erased is not locked out by a restore, and the name does not come back`() throws {
        let keys = try DeviceKeys(random: { SystemRandom.bytes($0) })
        let member = try serving { service in
            let member = try service.store.save([
                RecordEdit(
                    log: .roster, target: .new(.member),
                    fields: [
                        .set(Field.Member.name, .text("Fatima")),
                        .set(Field.Member.role, .integer(Role.volunteer.rawValue)),
                    ])
            ])[0]
            try service.store.save([
                RecordEdit(
                    log: .roster, target: .natural(.device, key: keys.publicKey.description),
                    fields: [
                        .set(Field.Device.key, .bytes(keys.publicKey.bytes)),
                        .set(Field.Device.sealingKey, .bytes(keys.sealingKey.bytes)),
                        .set(Field.Device.member, .record(member)),
                    ]),
                RecordEdit(
                    log: .roster, target: .natural(.grant, key: Store.grantKey(member, "BU1")),
                    fields: [
                        .set(Field.Grant.member, .record(member)), .set(Field.Grant.partition, .text("BU1")),
                        .set(Field.Grant.level, .integer(1)),
                    ]),
            ])
            return member
        }
        backUp()
        _ = try serving { try $0.perform(.erase(member.description)) }
        restore()
        try serving { service throws -> Void in
            #expect(try service.store.read { try service.store.isErased(member, in: .roster) })
            guard case .member(let successor) = try service.standing(of: keys.publicKey) else {
                Issue.record("the laptop is locked out")
                return
            }
            #expect(successor != member)
            #expect(try service.store.read { try service.store.role(of: successor) } == .volunteer)
            #expect(try service.store.read { try service.store.mayWrite(successor, street) })
        }
        // Once is enough.
        let members = try serving { service in try service.store.read { try service.store.members().count } }
        #expect(try serving { service in try service.store.read { try service.store.members().count } } == members)
    }

    @Test(arguments: [false, true])
    func `what an append that failed left is not in the way of the next`(truncateFails: Bool) throws {
        let space = try serving { $0.id }
        func entry(_ number: UInt64) -> LedgerEntry {
            LedgerEntry(
                log: street, record: RecordID(Bytes16(high: 1, low: number)), collection: .conversation, successor: nil)
        }
        func ledger() throws -> ErasureLedger {
            try #require(try ErasureLedger.open(path: data.ledgerPath, on: disk, space: space))
        }
        var held = try ledger()
        try held.append([entry(1)])
        for written in [1, 20, 1000] {
            disk.fail(appendAfter: written, truncate: truncateFails)
            #expect(throws: DaemonError.self) { try held.append([entry(2)]) }
            disk.heal()
            if truncateFails {
                #expect(throws: DaemonError.self, "it does not know what stands there") { try held.append([entry(3)]) }
                held = try ledger()
                // All of it was written: then it stands there.
                #expect(held.entries == (written < 1000 ? [entry(1)] : [entry(1), entry(2)]))
            }
        }
        try held.append([entry(3)])
        #expect(try ledger().entries == (truncateFails ? [entry(1), entry(2), entry(3)] : [entry(1), entry(3)]))
    }

    @Test func `a ledger that was put in the place of another is carried out before recovery mode ends`() throws {
        let talk = try serving { try hear($0.store) }
        backUp()
        unlink(data.ledgerPath)
        try serving { service throws -> Void in
            #expect(service.recovery == .ledgerMissing)
            let path = scratch.path + "/b.stoep"
            #expect(throws: Objection(.inRecovery)) {
                try service.perform(.bundle(BundleOrder(.export, path: path)))
            }
            #expect(access(path, F_OK) != 0)
            _ = try service.perform(.liftRecovery)
            _ = try service.perform(.bundle(BundleOrder(.export, path: path)))
            _ = try service.perform(.erase(talk.description))
        }
        restore()
        try serving { service throws -> Void in
            #expect(service.recovery == .ledgerMissing)
            #expect(try !isErased(talk, service.store))
            _ = try service.perform(.liftRecovery)
            #expect(try isErased(talk, service.store))
        }
    }

    @Test func `the ledger names what another daemon erased, and a start after that is no recovery`() throws {
        let talks = try serving { service in [try hear(service.store), try hear(service.store)] }
        let space = try serving { $0.id }
        backUp()
        system("cp '\(data.ledgerPath)' '\(scratch.path)/ledger'")
        func restoreLedger() { system("cp '\(scratch.path)/ledger' '\(data.ledgerPath)'") }
        let erasures = try serving { service in
            for talk in talks { _ = try service.perform(.erase(talk.description)) }
            return try service.store.read {
                try service.store.segments(beyond: .empty, in: .all, of: [street]).segments.map(\.packed)
            }
        }
        // The other daemon of the space, with a ledger of its own, hears of it: killed before it noted any of it, or not.
        for isNoted in [false, true] {
            restore()
            restoreLedger()
            try serving { service throws -> Void in
                _ = try service.take([erasures])
                while try service.store.foldSome() {}
                if isNoted { try service.countersign() }
                #expect(try isErased(talks[0], service.store))
            }
            try serving { #expect($0.recovery == nil) }
            let ledger = try #require(try ErasureLedger.open(path: data.ledgerPath, on: disk, space: space))
            #expect(Set(ledger.entries.map(\.record)) == Set(talks))
        }
        // What was noted, and is not in the ledger any more, is.
        restoreLedger()
        try serving { #expect($0.recovery == .ledgerBehind) }
    }

    @Test func `what a replaced authority erased after the backup stays erased once recovery mode ends`() throws {
        let talk = try serving { try hear($0.store) }
        backUp()
        let erasure = try serving { service in
            _ = try service.perform(.erase(talk.description))
            return try service.store.read {
                try service.store.segments(beyond: .empty, in: .all, of: [street]).segments.map(\.packed)
            }
        }
        restore()
        unlink(data.ledgerPath)
        _ = try Replacement(data: data, rootKeyPath: scratch.path + "/usb.key", daemonKey: false, authority: true).run()
        try serving { service throws -> Void in
            // A laptop brings back what the daemon has forgotten.
            _ = try service.take([erasure])
            while try service.store.foldSome() {}
            #expect(try !isErased(talk, service.store))
            _ = try service.perform(.liftRecovery)
            #expect(try isErased(talk, service.store))
        }
        try serving { #expect($0.recovery == nil) }
    }

    @Test func `an erasure that failed is not carried out by the next start`() throws {
        struct Failure: Error {}
        let (talk, kept) = try serving { (try hear($0.store), try hear($0.store)) }
        try serving { service throws -> Void in
            let (store, ledger) = (service.store, try #require(service.ledger))
            #expect(throws: Failure.self) {
                try ledger.erasing(in: store) { keep throws -> Void in
                    try store.write { () throws -> Void in
                        try store.erase(store.entry(toErase: talk, in: street), keep: keep)
                        throw Failure()
                    }
                }
            }
            #expect(throws: Failure.self, "after its transaction it was erased") {
                try ledger.erasing(in: store) { keep throws -> Void in
                    try store.write { try store.erase(store.entry(toErase: kept, in: street), keep: keep) }
                    throw Failure()
                }
            }
        }
        try serving { service throws -> Void in
            #expect(try !isErased(talk, service.store))
            #expect(try isErased(kept, service.store))
            #expect(service.ledger?.entries.map(\.record) == [kept] && service.recovery == nil)
        }
    }
}
