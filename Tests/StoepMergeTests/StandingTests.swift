import StoepMerge
import StoepModel
import Testing

/// The rule of what counts, row by row: who wrote, what the roster says, and how far the log's cut reaches.
@Suite struct StandingTests {
    private static let authority = VerifyingKey(Bytes32(Array(repeating: 1, count: 32))!)
    private static let replaced = VerifyingKey(Bytes32(Array(repeating: 2, count: 32))!)
    private static let device = VerifyingKey(Bytes32(Array(repeating: 3, count: 32))!)
    private static let actor = ActorID(Bytes16(high: 4, low: 4))
    private static let member = RecordID(Bytes16(high: 5, low: 5))
    private static let street = LogID.street("north")!
    private static func point(_ seq: UInt64) -> ChangePoint { ChangePoint(actor: actor, seq: seq, check: seq) }

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        var key = StandingTests.device
        var isKnown = true
        var isRevoked = false
        var role: Role? = .volunteer
        var granted = true
        /// The numbers of the ends, of each value; nil where there is no cut.
        var cuts: [[UInt64]]?
        var seq: UInt64 = 5
        var log = StandingTests.street
        let standing: Standing
        var testDescription: String { name }
    }

    private static let counts = Standing.counts(member: member)

    private static let rows: [Row] = [
        Row(name: "granted", standing: counts),
        Row(name: "not granted", granted: false, standing: .masked(.partition)),
        Row(name: "unknown device", isKnown: false, standing: .masked(.unknownDevice)),
        Row(name: "unknown device, cut", isKnown: false, cuts: [[9]], standing: .masked(.unknownDevice)),
        Row(name: "unknown member", role: nil, standing: .masked(.unknownMember)),
        Row(name: "unknown member, cut", role: nil, cuts: [[9]], standing: .masked(.unknownMember)),
        Row(name: "revoked", role: .revoked, standing: .masked(.role)),
        Row(name: "an owner", role: .owner, standing: .masked(.role)),
        Row(name: "a coordinator without a grant", role: .coordinator, granted: false, standing: counts),
        Row(name: "device revoked", isRevoked: true, standing: .masked(.role)),
        Row(name: "within the cut", cuts: [[5]], standing: counts),
        Row(name: "beyond the cut", cuts: [[4]], standing: .masked(.beyondCut)),
        Row(name: "within the cut, revoked", role: .revoked, cuts: [[5]], standing: counts),
        Row(name: "within the cut, not granted any more", granted: false, cuts: [[5]], standing: counts),
        Row(name: "within the cut, device revoked", isRevoked: true, cuts: [[5]], standing: counts),
        Row(name: "beyond the cut, device revoked", isRevoked: true, cuts: [[4]], standing: .masked(.beyondCut)),
        Row(name: "granted anew, still beyond", role: .coordinator, cuts: [[4]], standing: .masked(.beyondCut)),
        Row(name: "within one of two ends", cuts: [[2, 7]], standing: counts),
        Row(name: "no end", cuts: [[]], standing: .masked(.beyondCut)),
        Row(name: "no value", cuts: [], standing: .masked(.beyondCut)),
        Row(name: "two values, the lesser restricts", cuts: [[7], [4]], standing: .masked(.beyondCut)),
        Row(name: "two values, within both", cuts: [[7], [2, 5]], standing: counts),
        Row(name: "two values, one of which admits nothing", cuts: [[7], []], standing: .masked(.beyondCut)),
        Row(name: "in the roster", log: .roster, standing: .masked(.notAuthority)),
        Row(name: "in the roster, with a cut there", cuts: [[9]], log: .roster, standing: .masked(.notAuthority)),
        Row(name: "in the square", granted: false, log: .square, standing: counts),
        Row(name: "the authority, cut", key: authority, cuts: [[]], standing: .counts(member: nil)),
        Row(name: "an earlier authority within its delegation", key: replaced, cuts: [[]], seq: 3, standing: .counts(member: nil)),
        Row(name: "an earlier authority beyond it", key: replaced, cuts: [[9]], seq: 4, standing: .masked(.beyondCut)),
    ]

    @Test(arguments: rows)
    func `what counts`(_ row: Row) {
        let roster = Roster(
            authorities: [
                AuthorityEntry(serial: 1, device: Self.replaced, cuts: []),
                AuthorityEntry(
                    serial: 2, device: Self.authority, cuts: [Cut(log: Self.street, point: Self.point(3))]),
            ],
            device: { _ in row.isKnown ? DeviceEntry(member: Self.member, isRevoked: row.isRevoked) : nil },
            role: { _ in row.role }, isGranted: { _, _ in row.granted },
            cuts: { _, _ in row.cuts.map { $0.map { $0.map(Self.point) } } })
        let standing = roster.standing(of: row.key, in: row.log, at: Self.point(row.seq)) { point, cut in
            point.seq <= cut.seq
        }
        #expect(standing == row.standing)
        if row.key != Self.authority {
            #expect(roster.isUniform(row.key, Self.actor, in: row.log) == (row.cuts == nil && row.key == Self.device))
        }
    }
}
