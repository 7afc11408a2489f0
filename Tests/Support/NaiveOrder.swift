import StoepMerge
import StoepModel

/// Whose anchors the naive fold has to do with.
package enum NaiveAnchors: Sendable {
    /// An editor's: then the order is found by scanning, which shares nothing with what it is held against.
    case editors
    /// Anybody's, also those that no text can have: scanning is not defined for them, the tree of `TextSequence` is.
    case anybodys
}

/// Elements in the order in which the naive fold finds them: the scalars of a text, or the slots of a list.
struct NaiveOrder {
    private var scanned = ScannedText()
    private var tree = TextSequence()
    private let anchors: NaiveAnchors

    init(_ anchors: NaiveAnchors) { self.anchors = anchors }

    mutating func insert(
        _ scalars: [Unicode.Scalar], first: ElementID, left: ElementID?, right: ElementID?, isVisible: Bool
    ) -> TextSequence.InsertResult {
        switch anchors {
        case .anybodys: return tree.insert(scalars, first: first, left: left, right: right, visible: isVisible)
        case .editors:
            for anchor in [left, right] {
                if let anchor, !scanned.items.contains(where: { $0.id == anchor }) { return .waiting }
            }
            scanned.apply(.insert(scalars, first: first, left: left, right: right))
            if !isVisible { scanned.apply(.delete(first: first, count: UInt32(scalars.count))) }
            return .inserted
        }
    }

    /// Only once everything is in that will ever be.
    mutating func delete(first: ElementID, count: UInt32) {
        switch anchors {
        case .anybodys: tree.delete(first: first, count: count)
        case .editors: scanned.apply(.delete(first: first, count: count))
        }
    }

    var ids: [ElementID] {
        switch anchors {
        case .anybodys: tree.elements.map(\.id)
        case .editors: scanned.items.map(\.id)
        }
    }

    var text: String {
        switch anchors {
        case .anybodys: tree.text
        case .editors: scanned.text
        }
    }
}
