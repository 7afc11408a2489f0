/// What a command's exit status says. Scripts rely on these numbers: they do not change.
package enum ExitCode: Int32, Sendable, CaseIterable {
    case done = 0
    /// It did not work, and none of the others says why.
    case failed = 1
    /// The command line cannot be understood; nothing was done.
    case usage = 2
    /// Something waits for a person. Only `conflicts --check` and `doctor` say so.
    case waitsForPerson = 3
    /// The daemon cannot be reached; everything is kept.
    case offline = 4
    case notAllowed = 5
    /// The store, or what stands in it, is damaged.
    case damaged = 6
}
