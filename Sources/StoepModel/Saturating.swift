/// Sums of numbers that come from outside: at the end of the range they stay there, and nothing traps or comes round.
extension Int64 {
    package func addingUpTo(_ other: Int64) -> Int64 {
        let (sum, overflows) = addingReportingOverflow(other)
        guard overflows else { return sum }
        return other < 0 ? .min : .max
    }

    package func subtractingDownTo(_ other: Int64) -> Int64 {
        let (difference, overflows) = subtractingReportingOverflow(other)
        guard overflows else { return difference }
        return other < 0 ? .max : .min
    }
}
