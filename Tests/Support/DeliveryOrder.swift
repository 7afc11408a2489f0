import StoepModel

/// Shuffled, some of them twice, each after what comes before it in its chain.
package func inSomeOrder(_ changes: [HeldChange], _ random: SeededRandom) -> [HeldChange] {
    var waiting = random.shuffled(changes + changes.filter { _ in random.chance(4) })
    var held: Set<ChangeHash> = []
    var out: [HeldChange] = []
    while !waiting.isEmpty {
        var still: [HeldChange] = []
        for change in waiting {
            if change.parent.map({ held.contains($0) }) ?? true {
                held.insert(change.hash)
                out.append(change)
            } else {
                still.append(change)
            }
        }
        waiting = still
    }
    return out
}

/// What one side of a partition could hold of these: of each branch a beginning.
package func part(of changes: [HeldChange], _ random: SeededRandom) -> [HeldChange] {
    var held: Set<ChangeHash> = []
    return changes.filter { change in
        guard change.parent.map({ held.contains($0) }) ?? true, !random.chance(12) else { return false }
        held.insert(change.hash)
        return true
    }
}
