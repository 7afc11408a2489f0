import Glibc
import StoepCrypto
import StoepModel
import StoepStore
import StoepTransport
import StoepWire
import Testing

@testable import StoepServer

@Suite struct InitialisationTests {
    private func make(_ data: DataDirectory, rootKeyPath: String? = nil) throws -> Initialisation.Made {
        try Initialisation(
            data: data, name: "Oude Noorden", address: try NetworkAddress("stoep.example:7410"), rootKeyPath: rootKeyPath
        ).run()
    }

    @Test func `a new space opens again, its authority in force and nothing quarantined`() throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory(scratch.path + "/a/")
        let made = try make(data)
        let store = try data.openStore(.system, holder: "test")
        defer { store.close() }
        let tls = try KeyFile.read(data.tlsKeyPath)
        let status = try Coordination(store: store, daemonKey: tls.verifyingKey).status()
        #expect(status.quarantined == 0 && status.pending == 0 && status.wanted == 0)
        #expect(status.name == "Oude Noorden")
        #expect(status.logs.map(\.log) == [.roster] && status.logs.first?.records == 3)
        #expect(try store.read { try store.isAuthority(store.keys.publicKey) })
        let root = try KeyFile.read(made.rootKeyPath)
        #expect(SpaceID(root: root.verifyingKey, .openSSL) == made.space)
    }

    @Test func `keys and directory are for their owner alone`() throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory(scratch.path + "/a")
        let made = try make(data)
        for (path, mode) in [(data.path, 0o700), (data.tlsKeyPath, 0o600), (made.rootKeyPath, 0o600)] {
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == mode_t(mode), "\(path)")
        }
    }

    @Test func `a second init, another's directory and an existing root key are refused, and nothing changes`() throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory(scratch.path + "/a")
        let made = try make(data)
        #expect(throws: DaemonError.alreadyInitialised(data.path)) { try make(data) }
        #expect(throws: DaemonError.directoryNotEmpty(scratch.path)) { try make(DataDirectory(scratch.path)) }
        let other = DataDirectory(scratch.path + "/b")
        #expect(throws: DaemonError.rootKeyFileExists(made.rootKeyPath)) {
            try make(other, rootKeyPath: made.rootKeyPath)
        }
        #expect(SpaceID(root: try KeyFile.read(made.rootKeyPath).verifyingKey, .openSSL) == made.space)
    }

    @Test(arguments: ["tls.key", "stoep.db"]) func `an init that was cut can be run again`(missing: String) throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory(scratch.path + "/a")
        let rootKeyPath = scratch.path + "/usb.key"
        _ = try make(data, rootKeyPath: rootKeyPath)
        // As it stood before the last renames: what is missing is in the staging directory still.
        mkdir(data.stagingPath, 0o700)
        for name in [missing, "stoep.db"] { rename("\(data.path)/\(name)", "\(data.stagingPath)/\(name)") }
        try KeyFile.write(try KeyFile.read(rootKeyPath), to: data.stagingPath + "/root.key")
        let again = try make(data, rootKeyPath: rootKeyPath)
        #expect(SpaceID(root: try KeyFile.read(rootKeyPath).verifyingKey, .openSSL) == again.space)
        #expect(try data.entries(data.stagingPath) == nil, "no copy of a root key is left behind")
        try data.openStore(.system, holder: "test").close()
    }
}

@Suite struct AreaFileTests {
    private func refusal(_ text: String) -> Objection? {
        do {
            _ = try AreaFile.parse(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `rows become areas, degrees exact integers`() throws {
        let areas = try AreaFile.parse(
            Array("\u{FEFF}code,name,longitude,latitude\r\nBU1,\"Noord, \"\"oud\"\"\",4.47917,-51.9225\r\n\nBU2,Zuid,-0.000015,7".utf8))
        #expect(
            areas == [
                AreaRow(code: "BU1", name: "Noord, \"oud\"", longitude: 447917, latitude: -5_192_250),
                AreaRow(code: "BU2", name: "Zuid", longitude: -2, latitude: 700_000),
            ])
    }

    @Test func `what is wrong is named with its row`() {
        let header = "code,name,longitude,latitude\n"
        #expect(refusal("name,code\n")?.name == .areaFile)
        #expect(refusal(header + "BU1,Noord,4,51\nBU2,Zuid,4\n") == Objection(.areaRow, "3", "columns"))
        #expect(refusal(header + "BU1,Noord,181,51\n") == Objection(.areaRow, "2", "longitude"))
        #expect(refusal(header + "BU1,Noord,4,9e1\n") == Objection(.areaRow, "2", "latitude"))
        #expect(refusal(header + "BU1,\"a\nb\",4,5\nBU 2,Zuid,4,5\n") == Objection(.areaRow, "2", "name"))
        #expect(refusal(header + "BU 2,Zuid,4,5\n") == Objection(.areaRow, "2", "code"))
        #expect(refusal(header + "BU1,Noord,4,51\nBU1,Noord,4,51\n") == Objection(.areaRow, "3", "code"))
        #expect(refusal(header + "BU1,\"Noord,4,51\n") == Objection(.areaRow, "2", "quotes"))
        #expect(refusal(header + "BU1,\"Noord\"x,4,51\n") == Objection(.areaRow, "2", "quotes"))
    }
}

@Suite struct AttemptLimiterTests {
    private func peer(_ number: Int) -> VerifyingKey {
        VerifyingKey(Cryptography.openSSL.sha256(Array("\(number)".utf8)))
    }

    @Test func `a peer that fails ten times waits, another does not, and time heals`() {
        var limiter = AttemptLimiter()
        for _ in 0..<10 {
            #expect(limiter.allows(peer(1), now: 1000))
            limiter.noteFailure(peer(1), now: 1000)
        }
        #expect(!limiter.allows(peer(1), now: 1000))
        #expect(limiter.allows(peer(2), now: 1000))
        #expect(limiter.allows(peer(1), now: 32_000))
    }

    @Test func `all together are bounded, and so is what is remembered of them`() {
        var limiter = AttemptLimiter()
        var allowed = 0
        for number in 0..<5000 where limiter.allows(peer(number), now: 0) {
            limiter.noteFailure(peer(number), now: 0)
            allowed += 1
        }
        #expect(allowed == 200)
        for number in 0..<5000 { limiter.noteFailure(peer(number), now: 0) }
        #expect(limiter.rememberedCount <= AttemptLimiter.rememberedPeers)
    }
}

extension AttemptLimiter {
    var rememberedCount: Int {
        Mirror(reflecting: self).descendant("peers").flatMap { $0 as? any Collection }.map { $0.count } ?? .max
    }
}
