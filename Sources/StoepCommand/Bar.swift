/// A bar of a chart, or of how far something is: as long as its share of a whole. Its number always stands beside it.
package enum Bar {
    /// Blocks, with eighths at the end; at least a sliver for what is not nothing.
    package static func text(_ part: Int, of whole: Int, columns: Int) -> String {
        guard part > 0, whole > 0, columns > 0 else { return "" }
        // Wider than a product of two of them can be.
        let eighths = max(1, Int(Int128(8 * columns) * Int128(min(part, whole)) / Int128(whole)))
        let ends = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + ends[eighths % 8]
    }
}
