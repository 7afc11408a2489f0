import Glibc
import StoepCrypto
import StoepModel
import StoepStore
import StoepTransport
import StoepWire
import Testing

@testable import StoepServer

@Suite struct ReplacementTests {
    private let scratch: ScratchDirectory
    private let data: DataDirectory
    private let rootKeyPath: String

    init() throws {
        scratch = try ScratchDirectory()
        data = DataDirectory(scratch.path + "/a")
        rootKeyPath = scratch.path + "/usb.key"
        _ = try Initialisation(
            data: data, name: "Oude Noorden", address: try NetworkAddress("stoep.example:7410"), rootKeyPath: rootKeyPath
        ).run()
        _ = try AdminClient(data).perform(.importAreas([AreaRow(code: "BU1", name: "Noord", longitude: 1, latitude: 2)]))
    }

    private func replace(
        daemonKey: Bool = true, authority: Bool = true, keeping: Bool = false, address: String? = nil
    ) throws -> Replacement.Made {
        try Replacement(
            data: data, rootKeyPath: rootKeyPath, daemonKey: daemonKey, authority: authority, keepingDaemonKey: keeping,
            address: try address.map { try NetworkAddress($0) }
        ).run()
    }

    private func look<T>(_ body: (Store) throws -> T) throws -> T {
        let store = try data.openStore(.system, holder: "test")
        defer { store.close() }
        return try store.read { try body(store) }
    }

    private var tls: VerifyingKey { get throws { try KeyFile.read(data.tlsKeyPath).verifyingKey } }

    private func status() throws -> DaemonStatus {
        guard case .status(let status) = try AdminClient(data).perform(.status) else { throw Objection(.daemonFailed) }
        return status
    }

    @Test func `key and authority change, what the old ones wrote counts, and the new ones go on`() throws {
        let (oldTLS, before) = (try tls, try status())
        let oldAuthority = try look { $0.keys.publicKey }
        let made = try replace(address: "elsewhere.example:7411")
        #expect(made.daemons == [try tls] && made.daemons != [oldTLS])
        #expect(try look { $0.keys.publicKey } == made.authority && made.authority != oldAuthority)
        #expect(try look { try $0.isAuthority(made.authority) })
        let daemons = try look { try $0.daemons() }
        #expect(daemons.map(\.key) == made.daemons && daemons.map(\.address) == ["elsewhere.example:7411"])
        let status = try status()
        #expect(status.quarantined == 0 && status.name == before.name && status.actor != before.actor)
        #expect(status.logs.first { $0.log == .square }?.stateHash == before.logs.first { $0.log == .square }?.stateHash)
        #expect(try look { try $0.alert() } == nil, "nothing went wrong")
        _ = try AdminClient(data).perform(.importAreas([AreaRow(code: "BU1", name: "Zuid", longitude: 1, latitude: 2)]))
        #expect(try look { try $0.areaNames().map(\.name) } == ["Zuid"])
        #expect(try data.entries(data.replacementPath) == nil)

        let again = try replace()
        #expect(again.serial > made.serial)
        #expect(try look { try $0.areaNames().map(\.name) } == ["Zuid"])
        #expect(try self.status().quarantined == 0)
    }

    @Test func `what an earlier authority writes beyond the cut does not count, and a new actor of it neither`() throws {
        // Whoever stole the daemon has all of it.
        system("cp -r '\(data.path)' '\(scratch.path)/stolen'; cp '\(data.ledgerPath)' '\(scratch.path)/stolen.ledger'")
        let stolen = DataDirectory(scratch.path + "/stolen")
        _ = try replace()
        _ = try AdminClient(stolen).perform(
            .importAreas([AreaRow(code: "BU1", name: "Gekaapt", longitude: 1, latitude: 2)]))
        let thief = try stolen.openStore(.system, holder: "test")
        defer { thief.close() }
        let forged = try thief.read { try thief.segments(beyond: HeadList([:]), in: .all, of: [.square]) }
        let store = try data.openStore(.system, holder: "test")
        _ = try store.take([forged.segments.map(\.packed)])
        while try store.foldSome() {}
        #expect(try store.read { try store.areaNames().map(\.name) } == ["Noord"])
        #expect(try store.status().quarantined > 0)
        store.close()
        // Neither does the next replacement take it in.
        _ = try replace()
        #expect(try look { try $0.areaNames().map(\.name) } == ["Noord"])
    }

    @Test func `a key alone, an authority alone, and a key beside the old one`() throws {
        let (oldTLS, authority) = (try tls, try look { $0.keys.publicKey })
        let key = try replace(authority: false)
        #expect(key.authority == authority && !key.daemons.contains(oldTLS))
        #expect(try look { try $0.daemonKeysInForce() } == key.daemons)
        let newTLS = try tls
        let alone = try replace(daemonKey: false)
        #expect(alone.daemons == [newTLS] && alone.authority != authority)
        let second = try replace(authority: false, keeping: true)
        #expect(try Set(second.daemons) == [newTLS, tls] && second.daemons.first == (try tls))
        #expect(try look { try $0.daemons().count } == 2)
        let both = try replace()
        #expect(both.daemons.count == 1, "whoever stole one daemon has the authority's key of all")
        #expect(try look { try $0.daemons().map(\.key) } == both.daemons)
    }

    @Test func `another space's root key, and what is none, replace nothing`() throws {
        let other = scratch.path + "/other.key"
        _ = try Initialisation(
            data: DataDirectory(scratch.path + "/b"), name: "Ander", address: try NetworkAddress("b.example:7410"),
            rootKeyPath: other
        ).run()
        let before = (try tls, try look { $0.keys.publicKey }, try look { try $0.statements() })
        let none = data.path + "/device.key"
        for (path, error) in [
            (other, DaemonError.rootKeyOfAnotherSpace(other)), (none, .notARootKey(none)),
            (scratch.path + "/nothing", .file(path: scratch.path + "/nothing", code: ENOENT)),
        ] {
            #expect(throws: error) {
                try Replacement(data: data, rootKeyPath: path, daemonKey: true, authority: true).run()
            }
        }
        #expect(try tls == before.0 && look { $0.keys.publicKey } == before.1 && look { try $0.statements() } == before.2)
    }

    @Test func `a daemon that serves is not replaced under its feet`() throws {
        let lock = try ServeLock(data)
        defer { withExtendedLifetime(lock) {} }
        #expect(throws: DaemonError.running(data: data.path, processID: getpid())) { try replace() }
    }

    @Test(arguments: [["device.key", "tls.key"], ["tls.key"], []])
    func `one that was cut after its transaction is finished by the next command`(staged: [String]) throws {
        system("cp '\(data.path)/device.key' '\(scratch.path)/'; cp '\(data.tlsKeyPath)' '\(scratch.path)/'")
        let made = try replace()
        // As it stood before the last renames.
        mkdir(data.replacementPath, 0o700)
        for name in staged {
            rename("\(data.path)/\(name)", "\(data.replacementPath)/\(name)")
            system("cp '\(scratch.path)/\(name)' '\(data.path)/\(name)'")
        }
        #expect(try status().quarantined == 0)
        #expect(try tls == made.daemons.first && look { $0.keys.publicKey } == made.authority)
        #expect(try data.entries(data.replacementPath) == nil)
    }

    @Test func `a new key that cannot be read now is not cleared: it may be the only one`() throws {
        system("cp '\(data.path)/device.key' '\(scratch.path)/'")
        let made = try replace()
        mkdir(data.replacementPath, 0o700)
        let staged = data.replacementPath + "/device.key"
        rename("\(data.path)/device.key", scratch.path + "/new.key")
        system("cp '\(scratch.path)/device.key' '\(data.path)/device.key'")
        // More than a key is refused to be read, as a disk may refuse for a while.
        try #require(fopen(staged, "w")).write([UInt8](repeating: 0, count: 5000))
        #expect(throws: (any Error).self) { try status() }
        #expect(try data.entries(data.replacementPath) == ["device.key"])
        rename(scratch.path + "/new.key", staged)
        _ = try status()
        #expect(try look { $0.keys.publicKey } == made.authority)
    }

    @Test(arguments: [["device.key", "tls.key"], ["device.key"], ["tls.key"]])
    func `one that was cut before its transaction never was`(staged: [String]) throws {
        let before = (try tls, try look { $0.keys.publicKey })
        mkdir(data.replacementPath, 0o700)
        if staged.contains("device.key") {
            let keys = try DeviceKeys(random: { SystemRandom.bytes($0) })
            try #require(fopen(data.replacementPath + "/device.key", "w")).write(keys.encoded())
        }
        if staged.contains("tls.key") {
            try KeyFile.write(try #require(SigningKey(seed: SystemRandom.bytes(32))), to: data.replacementPath + "/tls.key")
        }
        _ = try status()
        #expect(try tls == before.0 && look { $0.keys.publicKey } == before.1)
        #expect(try data.entries(data.replacementPath) == nil)
        _ = try replace()
    }
}

extension UnsafeMutablePointer<FILE> {
    fileprivate func write(_ bytes: [UInt8]) throws {
        #expect(fwrite(bytes, 1, bytes.count, self) == bytes.count)
        fclose(self)
    }
}

@Suite struct AuthorityTests {
    @Test func `the root's statements are for whoever names the space`() async throws {
        try await Bench.run { bench in
            let fatima = try await bench.laptop("fatima", .volunteer, ["BU1"])
            let request = AuthorityRequest(space: bench.space.id)
            let answer: AuthorityResponse = try await fatima.post("/v1/authority", request)
            let held = try await bench.space.look { store in try store.read { try store.statements() } }
            #expect(answer.statements == held && held.count == 1)
            let statement = try Delegation(verifying: held[0], space: bench.space.id, .openSSL)
            #expect(statement.daemons == [bench.tls.verifyingKey])

            let stranger = try Laptop(bench, "nobody")
            let same: AuthorityResponse = try await stranger.post("/v1/authority", request)
            #expect(same == answer, "another daemon may have let it in")
            for laptop in [fatima, stranger] {
                await #expect(throws: Laptop.Refused(status: 404, name: "space-unknown")) {
                    let _: AuthorityResponse = try await laptop.post(
                        "/v1/authority", AuthorityRequest(space: SpaceID(.zero)))
                }
            }
        }
    }
}
