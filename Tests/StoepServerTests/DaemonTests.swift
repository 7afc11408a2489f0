import Dispatch
import Glibc
import StoepCrypto
import StoepModel
import StoepStore
import StoepTransport
import StoepWire
import Testing

@testable import StoepServer

@Suite struct DaemonTests {
    private func withDaemon(
        in folder: String = "daemon", _ body: (Daemon, DataDirectory) async throws -> Void
    ) async throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory("\(scratch.path)/\(folder)")
        _ = try Initialisation(data: data, name: "Oude Noorden", address: try NetworkAddress("127.0.0.1:7410")).run()
        let daemon = try await start(data)
        do {
            try await body(daemon, data)
        } catch {
            try? await daemon.stop()
            throw error
        }
        try await daemon.stop()
    }

    private func start(_ data: DataDirectory) async throws -> Daemon {
        var configuration = Daemon.Configuration(data: data, listen: try NetworkAddress("127.0.0.1:0"))
        configuration.log = .silent
        return try await Daemon.start(configuration)
    }

    @Test func `commands reach a running daemon through its socket, and the store when none runs`() async throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory(scratch.path + "/daemon")
        _ = try Initialisation(data: data, name: "Oude Noorden", address: try NetworkAddress("127.0.0.1:7410")).run()
        let areas = [AreaRow(code: "BU1", name: "Noord", longitude: 1, latitude: 2)]
        let daemon = try await start(data)
        try await expect(ask(data, .importAreas(areas)), .imported(fresh: 1, unchanged: 0))
        let order = InvitationOrder(name: "Fatima", role: .volunteer, areas: ["BU1"])
        guard case .invited(let invited) = try await ask(data, .invite(order)) else { return }
        #expect(invited.partitions == ["BU1"])
        await #expect(throws: DaemonError.refused(Objection(.unknownArea, "BU2", "BU1 Noord"))) {
            try await ask(data, .invite(InvitationOrder(name: "A", role: .volunteer, areas: ["BU2"])))
        }
        let running = try await ask(data, .status)
        try await daemon.stop()
        #expect(access(data.path + "/admin.sock", F_OK) != 0)
        try await expect(ask(data, .status), running)
        try await expect(ask(data, .importAreas(areas)), .imported(fresh: 0, unchanged: 1))
    }

    @Test func `a socket that a dead daemon left is no daemon`() async throws {
        let scratch = try ScratchDirectory()
        let data = DataDirectory(scratch.path + "/daemon")
        _ = try Initialisation(data: data, name: "Oude Noorden", address: try NetworkAddress("127.0.0.1:7410")).run()
        try shell("python3 -c \"import socket; socket.socket(socket.AF_UNIX).bind('\(data.path)/admin.sock')\"")
        guard case .members(let members) = try await ask(data, .members) else { return }
        #expect(members.isEmpty)
        try await (try await start(data)).stop()
    }

    @Test func `a directory with a name too long for a socket's path serves all the same`() async throws {
        try await withDaemon(in: String(repeating: "lang", count: 40)) { _, data in
            #expect(access(data.path + "/admin.sock", F_OK) == 0)
            guard case .status(let status) = try await ask(data, .status) else { return }
            #expect(status.name == "Oude Noorden")
        }
    }

    @Test func `a second daemon on one directory is refused by name`() async throws {
        try await withDaemon { _, data in
            await #expect(throws: DaemonError.running(data: data.path, processID: getpid())) { try await start(data) }
        }
    }

    @Test func `health is answered, other paths are not there, and the coordinator's path is not for devices`() async throws {
        try await withDaemon { daemon, data in
            let statuses = try await blocking {
                let tls = try KeyFile.read(data.tlsKeyPath)
                let device = try DeviceKeys(random: { SystemRandom.bytes($0) })
                let client = HTTPClient(endpoint: .tls(daemon.address, pins: [tls.pin], identity: device.signing))
                let health = try client.get(path: "/health")
                #expect(health.body == Array("{\"status\":\"ok\"}\n".utf8))
                return [
                    health.status, try client.get(path: "/v1/sync").status,
                    try client.post(path: "/v1/admin", contentType: "application/cbor", body: AdminRequest.members.encoded()).status,
                ]
            }
            #expect(statuses == [200, 404, 404])
        }
    }

    @Test func `every administrative message reads back as it was written`() throws {
        let requests: [AdminRequest] = [
            .invite(InvitationOrder(name: "Fatima", role: .volunteer, areas: ["BU1"], validMilliseconds: 5)), .members,
            .status, .importAreas([AreaRow(code: "BU1", name: "Noord", longitude: -1, latitude: 2)]),
        ]
        let more: [AdminRequest] = [
            .revoke(who: "Fatima", device: nil), .revoke(who: "3f2a", device: "77"),
            .changeRole(who: "Fatima", .volunteer, areas: ["BU1", "BU2"]), .listKeptAside(nil),
            .listKeptAside(.street("BU1")), .showKeptAside(actor: "12c4", nil), .refuse(actor: "12c4", .square),
            .release(actor: "12c4", .street("BU1"), through: 7), .release(actor: "12c4", nil, through: nil), .settings,
            .set(SpaceSettings()), .set(SpaceSettings(resident: "", residents: "buren", coolDownDays: 0)),
        ]
        for request in requests + more { #expect(try AdminRequest(decoding: request.encoded()) == request) }
        let settings = AdminResponse.settings(SpaceSettings(resident: "buur", coolDownDays: 366))
        #expect(try AdminResponse(decoding: settings.encoded()) == settings)
        let objection = AdminResponse.objection(Objection(.unknownArea, "a", "b"))
        #expect(try AdminResponse(decoding: objection.encoded()) == objection)
        #expect(throws: WireError.self) { try AdminRequest(decoding: [0x81, 0x01]) }
        #expect(throws: WireError.self) { try AdminRequest(decoding: [0x80]) }
        #expect(throws: WireError.self) { try AdminRequest(decoding: [0x82, 0x02, 0x61, 0x61]) }
    }

    private func ask(_ data: DataDirectory, _ request: AdminRequest) async throws -> AdminResponse {
        try await blocking { try AdminClient(data).perform(request) }
    }
}

/// Runs what blocks on a thread of its own.
func blocking<Value: Sendable>(_ body: sending @escaping () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let work = DispatchWorkItem { continuation.resume(with: Result(catching: body)) }
        DispatchQueue(label: "stoep.test").async(execute: work)
    }
}

func shell(_ command: String) throws {
    try #require(system(command) == 0)
}
