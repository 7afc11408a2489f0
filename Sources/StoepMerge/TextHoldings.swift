/// What is known of the elements of one change: which are here, and which were removed, here or not.
///
/// Everything is kept as ranges, so that a removal of four billion elements that will never come costs one entry.
/// All ranges are half-open and within `0...2³²`.
package struct TextHoldings {
    /// Elements with consecutive offsets and consecutive numbers.
    package struct Run {
        package internal(set) var offsets: Range<Int>
        /// The number of the element at the first offset.
        package let element: Int
    }

    package init() {}

    /// Disjoint, ascending.
    private(set) var runs: [Run] = []
    /// Disjoint, ascending, never touching.
    private(set) var removed: [Range<Int>] = []

    /// The number of the element with this offset.
    package func element(at offset: Int) -> Int? {
        let index = runs.partitioning { $0.offsets.upperBound > offset }
        guard index < runs.count, runs[index].offsets.contains(offset) else { return nil }
        return runs[index].element + (offset - runs[index].offsets.lowerBound)
    }

    /// Whether any element with one of these offsets is here.
    package func holdsAny(of offsets: Range<Int>) -> Bool {
        guard !offsets.isEmpty else { return false }
        let index = runs.partitioning { $0.offsets.upperBound > offsets.lowerBound }
        return index < runs.count && runs[index].offsets.lowerBound < offsets.upperBound
    }

    /// The numbers of the elements that are here, among these offsets.
    package func elements(in offsets: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = runs.partitioning { $0.offsets.upperBound > offsets.lowerBound }
        while index < runs.count, runs[index].offsets.lowerBound < offsets.upperBound {
            let common = runs[index].offsets.clamped(to: offsets)
            let first = runs[index].element + (common.lowerBound - runs[index].offsets.lowerBound)
            found.append(first..<first + common.count)
            index += 1
        }
        return found
    }

    /// The number of the first of these elements, where all of them are here with consecutive numbers.
    package func first(ofAll offsets: Range<Int>) -> Int? {
        let index = runs.partitioning { $0.offsets.upperBound > offsets.lowerBound }
        guard index < runs.count, runs[index].offsets.lowerBound <= offsets.lowerBound,
            offsets.upperBound <= runs[index].offsets.upperBound
        else { return nil }
        return runs[index].element + (offsets.lowerBound - runs[index].offsets.lowerBound)
    }

    /// What is here of these offsets.
    package func runs(in offsets: Range<Int>) -> [Run] {
        var found: [Run] = []
        var index = runs.partitioning { $0.offsets.upperBound > offsets.lowerBound }
        while index < runs.count, runs[index].offsets.lowerBound < offsets.upperBound {
            let common = runs[index].offsets.clamped(to: offsets)
            let first = runs[index].element + (common.lowerBound - runs[index].offsets.lowerBound)
            if !common.isEmpty { found.append(Run(offsets: common, element: first)) }
            index += 1
        }
        return found
    }

    /// What of these offsets was removed.
    package func removed(in offsets: Range<Int>) -> [Range<Int>] {
        guard !removed.isEmpty else { return [] }
        var found: [Range<Int>] = []
        var index = removed.partitioning { $0.upperBound > offsets.lowerBound }
        while index < removed.count, removed[index].lowerBound < offsets.upperBound {
            found.append(removed[index].clamped(to: offsets))
            index += 1
        }
        return found
    }

    package func isRemoved(_ offset: Int) -> Bool {
        let index = removed.partitioning { $0.upperBound > offset }
        return index < removed.count && removed[index].contains(offset)
    }

    /// Elements arrive; none of them is here yet.
    package mutating func add(_ offsets: Range<Int>, element: Int) {
        let index = runs.partitioning { $0.offsets.upperBound > offsets.lowerBound }
        if index > 0, runs[index - 1].offsets.upperBound == offsets.lowerBound,
            runs[index - 1].element + runs[index - 1].offsets.count == element
        {
            runs[index - 1].offsets = runs[index - 1].offsets.lowerBound..<offsets.upperBound
        } else {
            runs.insert(Run(offsets: offsets, element: element), at: index)
        }
    }

    /// Remembers a removal of elements that are not here.
    package mutating func hide(_ offsets: Range<Int>) { _ = remove(offsets) }

    /// Remembers a removal; what of it is new, so that removing the same again costs nothing.
    package mutating func remove(_ offsets: Range<Int>) -> [Range<Int>] {
        guard !offsets.isEmpty else { return [] }
        // Whatever overlaps the range or touches it becomes one with it.
        let start = removed.partitioning { $0.upperBound >= offsets.lowerBound }
        var new: [Range<Int>] = []
        var reached = offsets.lowerBound
        var merged = offsets
        var end = start
        while end < removed.count, removed[end].lowerBound <= offsets.upperBound {
            let old = removed[end]
            if reached < old.lowerBound { new.append(reached..<old.lowerBound) }
            reached = max(reached, old.upperBound)
            merged = min(merged.lowerBound, old.lowerBound)..<max(merged.upperBound, old.upperBound)
            end += 1
        }
        if reached < offsets.upperBound { new.append(reached..<offsets.upperBound) }
        removed.replaceSubrange(start..<end, with: CollectionOfOne(merged))
        return new
    }
}

extension RandomAccessCollection where Index == Int {
    /// The first index from which on `belongs` holds, in a collection where it does not hold before: binary search.
    package func partitioning(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
