import StoepCrypto
import StoepModel
import StoepWire

extension Vectors {
    /// Statements that the root or the authority signs.
    static func statements() throws -> [Vector] {
        let author = try VectorAuthor()
        let daemons = [VerifyingKey(.zero), author.device.verifyingKey]
        let delegation = Delegation(
            root: author.root.verifyingKey, serial: 2, authority: author.device.verifyingKey, daemons: daemons,
            cuts: [Cut(log: .square, point: point), Cut(log: author.log, point: point)])
        let statement = delegation.sign(with: author.root.signer)
        let many = Delegation(
            root: author.root.verifyingKey, serial: 2, authority: author.device.verifyingKey,
            daemons: (0...UInt8(Limits.daemons)).compactMap { Bytes32(Array(repeating: $0, count: 32)) }.map { VerifyingKey($0) })
        let space = [(key: "space", value: author.space.description)]
        var flipped = statement
        flipped[flipped.count - 1] ^= 1
        var algorithm = statement
        algorithm[4] = 0x26
        let order = PurgeOrder(space: author.space, device: author.device.verifyingKey, logs: [author.log])
        let signed = order.sign(with: author.root.signer)
        let context = author.context + [(key: "authority", value: author.root.verifyingKey.description)]
        return [
            Vector("delegation-whole", .delegation, "the root names an authority", context: space, bytes: statement),
            Vector("delegation-signature", .delegation, "signature-invalid", "a bit of the signature is flipped", context: space, bytes: flipped),
            Vector("delegation-algorithm", .delegation, "malformed", "another algorithm in the protected header", context: space, bytes: algorithm),
            Vector(
                "delegation-root", .delegation, "space-mismatch", "signed by the root of another space", context: space,
                bytes: Delegation(root: author.device.verifyingKey, serial: 2, authority: author.device.verifyingKey)
                    .sign(with: author.device.signer)),
            Vector(
                "delegation-daemons-order", .delegation, "not-ascending", "the keys of daemons ascend", context: space,
                bytes: swapped(daemons[0].bytes, daemons[1].bytes, in: statement)),
            Vector(
                "delegation-daemons-many", .delegation, "too-large", "at most 16 daemons", context: space,
                bytes: many.sign(with: author.root.signer)),
            Vector("delegation-behind", .delegation, "trailing-bytes", "a byte behind the statement", context: space, bytes: statement + [0]),
            Vector("purge-order-whole", .purgeOrder, "the authority orders a device to destroy a log", context: context, bytes: signed),
            Vector(
                "purge-order-signature", .purgeOrder, "signature-invalid", "signed by somebody who is no authority",
                context: context, bytes: order.sign(with: author.device.signer)),
            Vector(
                "purge-order-device", .purgeOrder, "order-for-another", "for another device", context: context,
                bytes: PurgeOrder(space: author.space, device: author.root.verifyingKey, logs: [author.log])
                    .sign(with: author.root.signer)),
            Vector(
                "purge-order-tag", .purgeOrder, "malformed", "a delegation is no purge order", context: context,
                bytes: statement),
        ]
    }

    /// The bytes, in which the one key stands before the other, with the other before the one.
    private static func swapped(_ one: [UInt8], _ other: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        let pair = one + [0x58, 0x20] + other
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: pair) }) else {
            preconditionFailure("the keys stand beside each other")
        }
        return Array(bytes[..<start]) + other + [0x58, 0x20] + one + Array(bytes[(start + pair.count)...])
    }

    static func messages() throws -> [Vector] {
        let author = try VectorAuthor()
        return try headLists(author) + syncs(author) + enrolments(author) + authorities(author)
    }

    /// Who is in force, asked and answered.
    private static func authorities(_ author: VectorAuthor) -> [Vector] {
        let plain = AuthorityRequest(space: author.space).encoded()
        func answer(_ name: String, _ expect: String, _ about: String, _ statements: [[UInt8]]) -> Vector {
            Vector(
                "authority-response-" + name, .authorityResponse, expect, about,
                bytes: AuthorityResponse(statements: statements).encoded())
        }
        return [
            Vector("authority-request-whole", .authorityRequest, "a device asks", bytes: plain),
            Vector(
                "authority-request-cut", .authorityRequest, "truncated", "the request is cut",
                bytes: Array(plain.dropLast())),
            answer("whole", Vector.success, "two statements, the newest last", [[1], [2, 3]]),
            answer("empty", "malformed", "an answer has a statement", []),
            answer("many", "too-large", "at most 64 statements", Array(repeating: [1], count: Limits.statements + 1)),
        ]
    }

    private static func headLists(_ author: VectorAuthor) -> [Vector] {
        let later = ChangePoint(actor: point.actor, seq: 10, check: 1)
        func list(_ name: String, _ expect: String, _ about: String, _ entries: [(LogID, [ChangePoint])]) -> Vector {
            Vector(
                "head-list-" + name, .headList, expect, about,
                bytes: cbor { writer in
                    writer.array(entries.count)
                    for entry in entries {
                        writer.array(2)
                        writer.log(entry.0)
                        writer.array(entry.1.count)
                        for point in entry.1 { writer.point(point) }
                    }
                })
        }
        return [
            list("empty", Vector.success, "nothing is held", []),
            list("two-branches", Vector.success, "two heads of one actor", [(.square, [point, later])]),
            list("logs-order", "not-ascending", "logs ascend", [(author.log, [point]), (.square, [point])]),
            list("heads-order", "not-ascending", "heads ascend", [(.square, [later, point])]),
            list("head-twice", "not-ascending", "no head stands twice", [(.square, [point, point])]),
            list("no-heads", "malformed", "a log without heads is left out", [(.square, [])]),
            Vector("head-list-partition", .headList, "malformed", "a partition with a blank", content: "81828202636120628183"
                + "50" + point.actor.description + "09480102030405060708"),
            Vector("head-list-square-partition", .headList, "malformed", "the square has no partitions", content: "81828201616181"
                + "8350" + point.actor.description + "09480102030405060708"),
        ]
    }

    private static func syncs(_ author: VectorAuthor) throws -> [Vector] {
        let cursor = Cursor(position: 7, hash: .zero)
        let heads = HeadList([author.log: [point]])
        let packed = try author.segment(birth: author.birth, changes: [
            author.change(lamport: 1, [SegmentBlock(subject: .created, content: .body(try author.body(1)))])
        ]).packed()
        let given = ChangeBodies(log: author.log, point: point, bodies: [nil, try author.body(2)])
        let request = SyncRequest(
            space: author.space, scope: [.roster, author.log], ask: .beyond(.all, heads), segments: [packed],
            wanted: heads, bodies: [given], receipts: Receipts(erasures: heads, purged: [.square]),
            nonce: 0x0102_0304_0506_0708)
        let response = SyncResponse(
            results: [nil, "signature-invalid"], answer: .differing(.all, heads), cursor: cursor, more: true,
            time: Timestamp(milliseconds: 1), wanted: heads, bodies: [given], order: [1, 2, 3],
            nonce: 0x0102_0304_0506_0708)
        func asking(_ name: String, _ about: String, _ ask: SyncRequest.Ask) -> Vector {
            Vector(
                "sync-request-" + name, .syncRequest, about,
                bytes: SyncRequest(space: author.space, ask: ask, nonce: 1).encoded())
        }
        func answering(_ name: String, _ about: String, _ answer: SyncResponse.Answer) -> Vector {
            Vector(
                "sync-response-" + name, .syncResponse, about,
                bytes: SyncResponse(
                    results: [], answer: answer, cursor: nil, more: false, time: Timestamp(milliseconds: 0), nonce: 1)
                    .encoded())
        }
        func refused(_ name: String, _ expect: String, _ about: String, _ bytes: [UInt8], at place: Int, _ byte: UInt8) -> Vector {
            var bytes = bytes
            bytes[place] = byte
            return Vector(name, name.hasPrefix("sync-req") ? .syncRequest : .syncResponse, expect, about, bytes: bytes)
        }
        let idle = SyncRequest(space: author.space, ask: .after(cursor), nonce: 1).encoded()
        let nothing = SyncResponse(
            results: [], answer: .segments([]), cursor: nil, more: false, time: Timestamp(milliseconds: 0),
            nonce: 1).encoded()
        return [
            asking("after", "what arrived after a position", .after(cursor)),
            asking("compare", "digests of a frontier", .compare(BucketDigests(of: heads, VectorAuthor.cryptography))),
            asking("beyond", "what goes beyond heads", .beyond(BucketSet([Bucket(of: point.actor)]), heads)),
            asking("nothing", "only a push", .nothing),
            Vector("sync-request-whole", .syncRequest, "everything that a request can carry", bytes: request.encoded()),
            Vector("sync-response-whole", .syncResponse, "everything that an answer can carry", bytes: response.encoded()),
            answering("segments", "a segment", .segments([packed])),
            answering("cursor-unknown", "compare", .cursorUnknown),
            refused("sync-request-version", "unknown-version", "a request of version 2", idle, at: 1, 2),
            refused("sync-request-items", "malformed", "a request has nine items", idle, at: 0, 0x88),
            refused("sync-request-ask", "malformed", "there is no ask 9", idle, at: 38, 9),
            refused("sync-response-version", "unknown-version", "an answer of version 2", nothing, at: 1, 2),
            refused("sync-response-answer", "malformed", "there is no answer 7", nothing, at: 4, 7),
            Vector("sync-request-nonce", .syncRequest, "malformed", "a nonce of seven bytes",
                bytes: idle.dropLast(9) + [0x47] + idle.suffix(7)),
            Vector("sync-response-nonce", .syncResponse, "malformed", "a nonce of nine bytes",
                bytes: nothing.dropLast(9) + [0x49, 0] + nothing.suffix(8)),
            Vector("sync-request-cut", .syncRequest, "truncated", "the request is cut", bytes: Array(idle.dropLast())),
        ]
    }

    private static func enrolments(_ author: VectorAuthor) throws -> [Vector] {
        let secret = Bytes16(high: 1, low: 2)
        let invitation = Invitation(
            space: author.space, address: "stoep.example:7410", daemonKey: author.device.verifyingKey, role: .volunteer,
            partitions: ["BU05990535"], secret: secret)
        let line = invitation.text(VectorAuthor.cryptography)
        func invited(_ name: String, _ expect: String, _ about: String, _ text: String) -> Vector {
            Vector("invitation-" + name, .invitation, expect, about, content: text)
        }
        let later = cbor { writer in
            writer.array(2)
            writer.unsigned(2)
            writer.unsigned(0)
        }
        let checked = later + VectorAuthor.cryptography.sha256(later).bytes.prefix(4)
        let member = RecordID(secret)
        return [
            invited("whole", Vector.success, "an invitation", line),
            invited("mistyped", "invitation-damaged", "a wrong letter", line.replacing(at: 20)),
            invited("short", "invitation-damaged", "the last letter is missing", String(line.dropLast())),
            invited("padded", "invitation-damaged", "padding", line + "="),
            invited("empty", "invitation-damaged", "nothing but the prefix", "stoep1."),
            invited("other", "invitation-damaged", "something else", "https://stoep.example"),
            invited("later-prefix", "invitation-version", "another number after stoep", "stoep2.AAAA"),
            invited("later-inside", "invitation-version", "another version inside", "stoep1." + Base64URL.encode(checked)),
            Vector("enrol-request-whole", .enrolRequest, "a device asks to be let in", bytes: EnrolRequest(
                space: author.space, secret: secret, sealingKey: SealingKey(.zero)).encoded()),
            Vector("enrol-request-secret", .enrolRequest, "malformed", "a secret of three bytes", content:
                "84015820" + author.space.description + "43010203" + "5820" + String(repeating: "00", count: 32)),
            Vector("enrol-response-whole", .enrolResponse, "who the member is", bytes: EnrolResponse(
                member: member, role: .owner, name: "Noor", roster: []).encoded()),
            Vector("enrol-response-role", .enrolResponse, "malformed", "there is no role 9", content:
                "850150" + member.description + "096080"),
            Vector("error-whole", .error, "a refusal", bytes: ErrorMessage(name: "log-not-readable", detail: "square").encoded()),
            Vector("error-version", .error, "unknown-version", "a refusal of version 2", content: "83026161" + "60"),
        ]
    }
}

extension String {
    /// The same with another letter at a place.
    fileprivate func replacing(at place: Int) -> String {
        var letters = Array(utf8)
        letters[place] = letters[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        return String(decoding: letters, as: UTF8.self)
    }
}
