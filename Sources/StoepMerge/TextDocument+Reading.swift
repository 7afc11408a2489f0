import StoepModel

extension TextDocument {
    /// The text as it is shown.
    package var text: String {
        // Straight into the string: a text of mere ASCII is a few thousand ranges to be copied.
        let ascii = scalars.withASCII { scalars in
            String(unsafeUninitializedCapacity: count) { target in
                var written = 0
                tree.forEachEntry { entry in
                    guard !entry.isDead else { return }
                    let range = scalars[Int(entry.first)..<Int(entry.end)]
                    _ = target[written..<written + range.count].initialize(fromContentsOf: range)
                    written += range.count
                }
                return written
            }
        }
        return ascii ?? String(decoding: utf8, as: UTF8.self)
    }

    /// The text as it is shown, as UTF-8.
    package var utf8: [UInt8] {
        var utf8: [UInt8] = []
        utf8.reserveCapacity(count + count / 16)
        tree.forEachEntry { entry in
            if !entry.isDead { scalars.write(Int(entry.first)..<Int(entry.end), to: &utf8) }
        }
        return utf8
    }

    /// The scalars that are shown, in order.
    package var visibleScalars: [Unicode.Scalar] {
        var shown: [Unicode.Scalar] = []
        shown.reserveCapacity(count)
        tree.forEachEntry { entry in
            guard !entry.isDead else { return }
            for element in entry.first..<entry.end { shown.append(scalars.scalar(Int(element))) }
        }
        return shown
    }

    /// All elements in document order, tombstones included. Nothing may be open.
    package var elements: [TextElement] {
        precondition(list == nil, "an import that has to be finished first")
        var all: [TextElement] = []
        tree.forEachEntry { entry in
            for element in entry.first..<entry.end where element != Self.start {
                all.append(
                    TextElement(
                        id: id(element), scalar: scalars.scalar(Int(element)), isVisible: !entry.isDead))
            }
        }
        return all
    }
}
