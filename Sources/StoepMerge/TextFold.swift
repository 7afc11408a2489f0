import StoepModel

/// One text field while what changes did to it is gathered.
struct TextFold {
    /// What one change did: its elements begin with `first`.
    struct Edit {
        let delta: TextDelta
        let first: ElementID
        /// The payload's table resolved, and the change's own point behind it.
        let points: [ChangePoint]
        /// False for what is masked: it has its place, is not shown, and removes nothing.
        let isVisible: Bool
    }

    let edits: [Edit]

    /// The text as it is shown, and how many runs wait. What one person wrote in one go and nobody touched since is the
    /// text: most notes are, and no sequence is made of them.
    func folded() -> (text: String, waiting: Int) {
        if edits.count == 1, let whole = edits[0].whole { return (whole, 0) }
        let document = document()
        return (document.text, document.pending)
    }

    /// Every run whose anchors are here, in its place.
    func document() -> TextDocument {
        var document = TextDocument()
        document.beginImport(scalars: edits.reduce(0) { $0 + Int($1.delta.scalarCount) }, changes: edits.count)
        for edit in edits {
            document.apply(
                edit.delta, at: edit.first.point, firstOffset: edit.first.offset, points: edit.points,
                visible: edit.isVisible)
        }
        document.finishImport()
        return document
    }
}

extension TextFold.Edit {
    /// What is shown of it, where it is a text from its beginning to its end; else nil.
    var whole: String? {
        guard delta.deletes.isEmpty, delta.inserts.count == 1, delta.inserts[0].left == nil,
            delta.inserts[0].right == nil, !first.offset.addingReportingOverflow(delta.scalarCount).overflow
        else { return nil }
        return isVisible ? delta.text : ""
    }
}
