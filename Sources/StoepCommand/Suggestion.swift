/// Which of the known words somebody may have meant: the nearest by insertions, deletions, replacements
/// and swaps of neighbours; nil where none is near.
func nearest(to word: String, in known: [String]) -> String? {
    let letters = Array(word.utf8)
    guard letters.count <= 64 else { return nil }
    let allowed = max(1, min(3, letters.count / 3))
    var best: (word: String, distance: Int)?
    for candidate in known {
        var distance = editDistance(letters, Array(candidate.utf8))
        // A beginning says more than its length: --obs means --observation.
        if letters.count >= 3, candidate.hasPrefix(word) { distance = min(distance, 1) }
        if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
}

private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    var before: [Int] = []
    var previous = Array(0...other.count)
    for i in one.indices {
        var current = [i + 1]
        for j in other.indices {
            var cost = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (one[i] == other[j] ? 0 : 1))
            if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] { cost = min(cost, before[j - 1] + 1) }
            current.append(cost)
        }
        before = previous
        previous = current
    }
    return previous[other.count]
}
