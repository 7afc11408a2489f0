/// One change to a text: from `position` on, `deleted` scalars go and others come in their place.
///
/// Positions and counts are in Unicode scalars of the text before any of the edits it belongs with; what goes is the
/// half-open range `position..<position + deleted`. Edits of one list ascend and do not overlap.
package struct TextEdit: Hashable, Sendable {
    package var position: Int
    package var deleted: Int
    package var inserted: [Unicode.Scalar]

    package init(position: Int, deleted: Int, inserted: [Unicode.Scalar]) {
        self.position = position
        self.deleted = deleted
        self.inserted = inserted
    }
}
