import StoepModel
import StoepWire

/// What a session and its host hand each other.
extension ClientSession {
    /// A piece of what goes out.
    package struct Gathered {
        package let segments: [PackedSegment]
        /// The head that each segment ends at.
        package let heads: [Head]
        package let changes: Int
        package let more: Bool
        /// Changes of which this replica lacks a body.
        package let wanted: HeadList
        /// What is here of what the peer wants.
        package let bodies: [ChangeBodies]
        /// Receipts that the peer is not known to have.
        package let receipts: Receipts

        package init(
            segments: [PackedSegment], heads: [Head], changes: Int, more: Bool, wanted: HeadList = .empty,
            bodies: [ChangeBodies] = [], receipts: Receipts = .none
        ) {
            self.segments = segments
            self.heads = heads
            self.changes = changes
            self.more = more
            self.wanted = wanted
            self.bodies = bodies
            self.receipts = receipts
        }

        /// Whether nothing has to be sent.
        /// - Parameter askedFor: what has been asked for in this session already.
        func saysNothing(beyond askedFor: HeadList?) -> Bool {
            segments.isEmpty && bodies.isEmpty && receipts.isEmpty && (wanted.entries.isEmpty || wanted == askedFor)
        }

        package static let nothing = Gathered(segments: [], heads: [], changes: 0, more: false)
    }

    /// What an answer brought, and what it says of what was sent.
    package struct Delivery {
        package var segments: [PackedSegment]
        package var bodies: [ChangeBodies]
        /// Ends of what the daemon has taken.
        package var acknowledged: [Head]
        /// Receipts that the daemon has taken.
        package var receipts: Receipts
        package var cursor: Cursor?
        /// Whether the daemon has said that there is more.
        package var goesOn: Bool

        package init(
            segments: [PackedSegment] = [], bodies: [ChangeBodies] = [], acknowledged: [Head] = [],
            receipts: Receipts = .none, cursor: Cursor? = nil, goesOn: Bool = false
        ) {
            self.segments = segments
            self.bodies = bodies
            self.acknowledged = acknowledged
            self.receipts = receipts
            self.cursor = cursor
            self.goesOn = goesOn
        }

        package var isEmpty: Bool {
            segments.isEmpty && bodies.isEmpty && acknowledged.isEmpty && receipts.isEmpty
        }
    }

    /// What a session did.
    package struct Summary: Sendable, Equatable {
        package var sent = 0
        package var received = 0
        package var roundTrips = 0
        /// Names of the reasons for which the daemon did not take something.
        package var refused: [String] = []
        /// The daemon's wall clock.
        package var daemonTime: Timestamp?
        /// The daemon ordered something to be destroyed.
        package var wasOrdered = false
        /// The daemon said that this device is out; what it sent was handed in.
        package var isRevoked = false
    }
}
