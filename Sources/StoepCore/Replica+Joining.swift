import StoepModel
import StoepStore
import StoepWire

extension Replica {
    /// Joins a space: makes this device's keys, has the daemon enrol them, makes the store, and syncs for the first
    /// time.
    ///
    /// The keys are durable before the invitation's secret is used. Where the answer was lost, joining again with the
    /// same invitation in the same directory goes on from there. Where enrolment fails, the directory is as before.
    /// - Parameters:
    ///   - text: the invitation, as the coordinator handed it over.
    ///   - directory: where the store is to be; made if it is missing.
    ///   - holder: shown to others who wait for this process: "stoep join".
    ///   - passphrase: protects the store; nil for a key file beside it.
    ///   - environment: clock, randomness and cryptography; the machine's own unless given.
    ///   - transport: how to reach the daemon.
    ///   - progress: is told how far it is.
    /// - Returns: the replica, and what joining came to: a first sync that failed is told in the report.
    /// - Throws: `invitationDamaged`, `invitationTooNew`, `alreadyJoined`, `refused`, `transport`,
    ///   `answerNotUnderstood`, and the errors of the disk.
    public static func join(
        _ text: String, directory: String, holder: String, passphrase: [UInt8]?,
        environment: StoepModel.Environment = .system, through transport: Transport,
        progress: (SyncProgress) -> Void = { _ in }
    ) throws(ReplicaError) -> (Replica, JoinReport) {
        var configuration = configuration(directory, holder, 5000)
        configuration.protection = protection(by: passphrase)
        return try join(text, configuration, environment, through: transport, progress: progress)
    }

    /// The same, with a store that a configuration describes: on a disk of the caller's, for one.
    package static func join(
        _ text: String, _ configuration: Store.Configuration, _ environment: StoepModel.Environment,
        through transport: Transport, progress: (SyncProgress) -> Void = { _ in }
    ) throws(ReplicaError) -> (Replica, JoinReport) {
        try ReplicaError.naming {
            let invitation = try invitation(text, environment.cryptography)
            var joining = try begin(configuration, environment, invitation)
            progress(.calling(address: invitation.address))
            let (member, statements) = try enrol(joining, invitation, environment.cryptography, transport)
            let store = try joining.finish(configuration, environment, space: invitation.space) { store in
                try note(member, statements, invitation, store)
            }
            let replica = Replica(configuration.directory, store, member.member)
            return (replica, try replica.firstSync(member, transport, progress))
        }
    }

    /// Joins the space of this store again, with another invitation: where no daemon knows this device any more, because
    /// whoever let it in was lost before anybody heard of it. What was recorded here counts from then on as before, and is
    /// the new member's.
    /// - Parameters:
    ///   - text: the invitation, as the coordinator handed it over.
    ///   - transport: how to reach the daemon.
    ///   - progress: is told how far it is.
    /// - Returns: the replica for that member, on the same store, and what joining came to.
    /// - Throws: as joining; `alreadyJoined` where the invitation is for another space, or names a daemon that this store does
    ///   not know, or where the daemon knows this device.
    public func rejoin(
        _ text: String, through transport: Transport, progress: (SyncProgress) -> Void = { _ in }
    ) throws(ReplicaError) -> (Replica, JoinReport) {
        try ReplicaError.naming {
            let cryptography = store.environment.cryptography
            let invitation = try Self.invitation(text, cryptography)
            let joined = ReplicaError.alreadyJoined(
                directory: directory, space: try store.read { try store.spaceName() } ?? "")
            // All that is here would be handed in there: an invitation alone does not say who that may be.
            let known = try store.read { try endpoints() }.flatMap(\.keys)
            guard invitation.space == store.space, known.contains(invitation.daemonKey) else { throw joined }
            progress(.calling(address: invitation.address))
            let answer: (member: EnrolResponse, statements: [[UInt8]])
            do {
                answer = try Self.enrol(store.keys, invitation, cryptography, transport)
            } catch ReplicaError.refused(ErrorName.deviceKnown, _) {
                throw joined
            }
            try store.write { try Self.note(answer.member, answer.statements, invitation, store) }
            let replica = Replica(directory, store, answer.member.member)
            return (replica, try replica.firstSync(answer.member, transport, progress))
        }
    }

    /// What this store alone knows of whom it is for. Inside a write transaction.
    private static func note(
        _ member: EnrolResponse, _ statements: [[UInt8]], _ invitation: Invitation, _ store: Store
    ) throws {
        try store.setMeta(Meta.daemonKey, invitation.daemonKey.bytes)
        try store.setMeta(Meta.daemonAddress, Array(invitation.address.utf8))
        try store.setMeta(Meta.partitions, Array(invitation.partitions.joined(separator: "\n").utf8))
        try store.setMeta(Meta.memberName, Array(member.name.utf8))
        try store.setMeta(Meta.role, [UInt8(clamping: member.role.rawValue)])
        try store.setMeta(Meta.member, member.member.bytes)
        try store.learn(statements)
        try take(member.roster, store)
    }

    private static func invitation(_ text: String, _ cryptography: Cryptography) throws -> Invitation {
        do {
            return try Invitation(text: text.trimmed, cryptography)
        } catch {
            switch error {
            case .damaged: throw ReplicaError.invitationDamaged
            case .version: throw ReplicaError.invitationTooNew
            }
        }
    }

    /// What says that this device was let in is kept from the beginning on.
    private static func take(_ roster: [PackedSegment], _ store: Store) throws {
        do {
            try store.take(roster: roster)
        } catch let refusal as Refusal {
            throw ReplicaError.answerNotUnderstood(refusal.name)
        }
    }

    private static func begin(
        _ configuration: Store.Configuration, _ environment: StoepModel.Environment, _ invitation: Invitation
    ) throws -> JoiningStore {
        do {
            return try JoiningStore(
                configuration, environment, invitation: environment.cryptography.sha256(invitation.encoded()))
        } catch StoreError.alreadyExists(let directory) {
            throw ReplicaError.alreadyJoined(directory: directory, space: spaceName(configuration, environment))
        }
    }

    /// What the space is called whose store is in the way; empty where that is locked, or cannot be read.
    static func spaceName(_ configuration: Store.Configuration, _ environment: StoepModel.Environment) -> String {
        guard let store = try? Store.open(configuration, environment) else { return "" }
        defer { store.close() }
        return (try? store.spaceName()) ?? String(store.space.description.prefix(8))
    }

    /// - Returns: who this device's member is, and where the daemon was replaced since the invitation was made, the
    ///   root's statements that say so.
    private static func enrol(
        _ joining: JoiningStore, _ invitation: Invitation, _ cryptography: Cryptography, _ transport: Transport
    ) throws -> (EnrolResponse, [[UInt8]]) {
        do {
            return try enrol(joining.keys, invitation, cryptography, transport)
        } catch ReplicaError.refused(let name, let detail) {
            // The daemon knows these keys to be nobody's, unless it would not look at all.
            joining.abandon(keepingOlderKeys: !name.hasPrefix("invitation-"))
            throw ReplicaError.refused(name: name, detail: detail)
        } catch ReplicaError.transport(let failure) {
            let mayHaveArrived = (failure as? TransportFailure)?.mayHaveArrived ?? true
            if !mayHaveArrived { joining.abandon(keepingOlderKeys: true) }
            throw ReplicaError.transport(failure)
        }
    }

    private static func enrol(
        _ keys: DeviceKeys, _ invitation: Invitation, _ cryptography: Cryptography, _ transport: Transport
    ) throws -> (EnrolResponse, [[UInt8]]) {
        let request = EnrolRequest(space: invitation.space, secret: invitation.secret, sealingKey: keys.sealingKey)
        let (body, statements) = try post(request, keys, invitation, cryptography, transport)
        do {
            return (try EnrolResponse(decoding: body), statements)
        } catch {
            throw ReplicaError.answerNotUnderstood("\(error)")
        }
    }

    /// Posts to the daemon that the invitation names, or to those that took its place.
    private static func post(
        _ request: EnrolRequest, _ keys: DeviceKeys, _ invitation: Invitation, _ cryptography: Cryptography,
        _ transport: Transport
    ) throws -> (body: [UInt8], statements: [[UInt8]]) {
        func post(to daemons: [VerifyingKey]) throws -> [UInt8] {
            try DaemonEndpoint(address: invitation.address, keys: daemons, identity: keys.signing)
                .post(DaemonPath.enrol, request.encoded(), transport)
        }
        do {
            return (try post(to: [invitation.daemonKey]), [])
        } catch ReplicaError.transport(let failure) where isOtherKey(failure) {
            let anybody = DaemonEndpoint(anybodyAt: invitation.address, identity: keys.signing)
            guard
                let statements = try? RootStatements(
                    asking: anybody, AuthorityRequest(space: invitation.space), cryptography, transport),
                let successors = statements.successors(of: invitation.daemonKey)
            else { throw ReplicaError.transport(failure) }
            return (try post(to: successors), statements.bytes)
        }
    }

    private func firstSync(
        _ member: EnrolResponse, _ transport: Transport, _ progress: (SyncProgress) -> Void
    ) throws -> JoinReport {
        var received = 0
        var failure: ReplicaError?
        do throws(ReplicaError) {
            received = try sync(through: transport, progress: progress).received
        } catch {
            failure = error
        }
        return JoinReport(
            space: store.space, spaceName: try store.read { try store.spaceName() },
            member: Person(id: member.member, name: member.name), role: member.role,
            address: try store.read { try endpoint().address }, received: received, syncFailure: failure)
    }
}

extension Replica {
    /// Whom an invitation says to call; nil where it is none. To be shown.
    public static func address(inInvitation text: String, environment: StoepModel.Environment = .system) -> String? {
        try? invitation(text, environment.cryptography).address
    }
}
