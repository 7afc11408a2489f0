import Dispatch
import StoepModel
import StoepStore
import StoepTransport
import StoepWire

/// Which request goes to which space, and what its answer looks like as HTTP. Bodies are decoded and encoded here, so
/// that a space's queue is for its store alone.
package struct Router: Sendable {
    private let spaces: [Space]
    private let log: EventLog

    package init(spaces: [Space], log: EventLog) {
        self.spaces = spaces
        self.log = log
    }

    static let adminPath = "/v1/admin"

    package func respond(to request: HTTPRequest) async -> HTTPResponse {
        do {
            switch (request.peer, request.method, String(request.path)) {
            case _ where request.asksHealth:
                return .health
            case (.device(let device), "POST", DaemonPath.enrol):
                return Self.cbor(try await enrol(request, device))
            case (.device(let device), "POST", DaemonPath.sync):
                return Self.cbor(try await sync(request, device))
            case (.device, "POST", DaemonPath.authority):
                return Self.cbor(try await authority(request))
            case (.local, "POST", Self.adminPath):
                return Self.cbor(try await administer(request))
            default:
                throw ErrorMessage(name: ErrorName.notFound)
            }
        } catch let error as ErrorMessage {
            return Self.cbor(error, status: error.status)
        } catch {
            log(.error, "request-failed", ["error": .error(error)])
            return Self.cbor(ErrorMessage(name: ErrorName.internal), status: 500)
        }
    }

    private func enrol(_ request: HTTPRequest, _ device: VerifyingKey) async throws -> EnrolResponse {
        let message: EnrolRequest = try decode(request)
        guard let space = spaces.first(where: { $0.id == message.space }) ?? spaces.first else {
            throw ErrorMessage(name: ErrorName.spaceUnknown)
        }
        let now = DispatchTime.now().uptimeNanoseconds / 1_000_000
        return try await space.enrol(message, device: device, monotonicMilliseconds: now)
    }

    /// Who asks is settled before anything of the body is looked at; of whoever is unknown, no more than what may say
    /// who they are.
    private func sync(_ request: HTTPRequest, _ device: VerifyingKey) async throws -> SyncResponse {
        var standings: [SpaceID: Store.DeviceStanding] = [:]
        for space in spaces {
            switch try await space.standing(of: device) {
            case .unknown: break
            case let standing: standings[space.id] = standing
            }
        }
        let isKnown = !standings.isEmpty
        guard isKnown || request.body.count <= Limits.introductionBytes else {
            throw ErrorMessage(name: ErrorName.deviceUnknown)
        }
        let message = try syncRequest(request, isKnown: isKnown)
        if !isKnown, let space = spaces.first(where: { $0.id == message.space }) {
            let now = DispatchTime.now().uptimeNanoseconds / 1_000_000
            standings[space.id] = try await space.introduce(message, device: device, monotonicMilliseconds: now)
        }
        guard !standings.isEmpty else { throw ErrorMessage(name: ErrorName.deviceUnknown) }
        guard let space = spaces.first(where: { $0.id == message.space }), let standing = standings[space.id] else {
            throw ErrorMessage(name: ErrorName.spaceUnknown)
        }
        let response: SyncResponse
        switch standing {
        case .unknown: throw ErrorMessage(name: ErrorName.deviceUnknown)
        case .revoked: response = try await space.handIn(message, device: device)
        case .member(let member): response = try await space.sync(message, as: member, device: device)
        }
        log(.info, "sync", ["device": .device(device), "pushed": .number(message.segments.count)])
        return response
    }

    /// What is wrong with a request is not for whoever is unknown.
    private func syncRequest(_ request: HTTPRequest, isKnown: Bool) throws(ErrorMessage) -> SyncRequest {
        do {
            return try decode(request)
        } catch {
            throw isKnown ? error : ErrorMessage(name: ErrorName.deviceUnknown)
        }
    }

    private func authority(_ request: HTTPRequest) async throws -> AuthorityResponse {
        let message: AuthorityRequest = try decode(request)
        guard let space = spaces.first(where: { $0.id == message.space }) else {
            throw ErrorMessage(name: ErrorName.spaceUnknown)
        }
        return try await space.authority(message)
    }

    private func administer(_ request: HTTPRequest) async throws -> AdminResponse {
        guard let space = spaces.first else { throw ErrorMessage(name: ErrorName.spaceUnknown) }
        do {
            let message: AdminRequest
            do {
                message = try decode(request)
            } catch {
                return .objection(Objection(.unknownCommand))
            }
            return try await space.perform(message)
        } catch let objection as Objection {
            return .objection(objection)
        } catch let error as ErrorMessage {
            throw error
        } catch {
            log(.error, "command-failed", ["error": .error(error)])
            return .objection(Objection(.daemonFailed))
        }
    }

    private func decode<Message: WireMessage>(_ request: HTTPRequest) throws(ErrorMessage) -> Message {
        guard request.headers["content-type"] == DaemonPath.contentType else {
            throw ErrorMessage(name: ErrorName.requestMalformed)
        }
        do {
            return try Message(decoding: request.body)
        } catch {
            throw ErrorMessage(refusing: error)
        }
    }

    private static func cbor(_ message: some WireMessage, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, contentType: DaemonPath.contentType, body: message.encoded())
    }
}
