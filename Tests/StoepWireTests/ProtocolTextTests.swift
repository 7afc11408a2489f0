import Foundation
import StoepModel
import Testing

/// The protocol text says what the code does: its examples are made anew, its limits read from `Limits`.
@Suite struct ProtocolTextTests {
    private let readme: String
    private let cddl: String

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Protocol")
        readme = try String(contentsOf: folder.appending(path: "README.md"), encoding: .utf8)
        cddl = try String(contentsOf: folder.appending(path: "stoep.cddl"), encoding: .utf8)
    }

    @Test func `every worked example is what the code makes`() throws {
        let packed = readme.filter { !$0.isWhitespace }
        for example in try WorkedExamples().all {
            let name = example.name.filter { !$0.isWhitespace }
            #expect(packed.contains("\(name):\(example.text)"), "\(example.name) is \(example.text)")
        }
    }

    @Test func `the grammar of each section stands in the whole one`() {
        let sections = readme.components(separatedBy: "```cddl\n").dropFirst()
        #expect(sections.count > 10)
        for section in sections {
            let grammar = section.components(separatedBy: "```")[0]
            #expect(cddl.contains(grammar), "\(grammar)")
        }
    }

    @Test(arguments: [
        ("bytes of a message", Limits.messageBytes),
        ("bytes of a segment, inflated", Limits.segmentBytes),
        ("bytes of all segments of a message or piece, inflated", Limits.inflatedBytes),
        (
            "bytes of a request of a device that the roster does not have, and of its segments, inflated",
            Limits.introductionBytes
        ),
        ("bytes of a payload", Limits.payloadBytes),
        ("bytes of all payloads of a change", Limits.changeBytes),
        ("blocks in a change", Limits.blocks),
        ("operations in a payload", Limits.operations),
        ("table entries, references, runs or ranges in one list", Limits.references),
        ("Unicode scalars inserted in one field by one payload", Limits.textScalars),
        ("bytes of a value", Limits.valueBytes),
        ("changes in a segment", Limits.segmentChanges),
        ("segments in a message", Limits.segments),
        ("changes of which a message wants or brings bodies", Limits.wantedChanges),
        ("logs, or partitions, in a list", Limits.logs),
        ("heads, or cuts, in a message", Limits.frontierEntries),
        ("daemons in a delegation", Limits.daemons),
        ("delegations in an answer", Limits.statements),
        ("arrays nested", Limits.nesting),
        ("bytes of a partition's name", Limits.partitionBytes),
        ("bytes of a short text (name, address, key, error)", Limits.shortTextBytes),
        ("branches of one actor in one log that a replica takes", Limits.branches),
        ("changes to a signed head, at most", Limits.changesPerHead),
        ("bytes of payload to a signed head, at most", Limits.bytesPerHead),
        ("bytes of segments in an answer, about", Limits.pieceBytes),
        ("bytes of a bundle's manifest", Limits.manifestBytes),
        ("bytes of a piece of a bundle, opened", Limits.messageBytes),
        ("readers of a sealed log", Limits.recipients),
        ("pieces of a sealed log", Limits.pieces),
        ("bytes of a frontier's line", Limits.frontierLineBytes),
        ("seq, lamport, serial, position", Int(Limits.counter)),
        ("time", Int(Limits.timestamp)),
        ("milliseconds that an invitation is good for", Int(Limits.invitationMilliseconds)),
        ("buckets", Limits.buckets),
    ])
    func `a limit in the text is the one in the code`(row: String, limit: Int) {
        #expect(readme.contains("| \(row) | \(limit) |"))
    }
}
