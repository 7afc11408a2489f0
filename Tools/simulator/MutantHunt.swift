import Foundation
import StoepModel
import StoepSimulator

/// Runs the simulator against each planted fault: every one has to be caught. Several series of seeds a fault, because
/// how many one of them takes is chance.
struct MutantHunt {
    let command: Command

    /// Seeds that a series has at most, where nobody said how many.
    private static let standardLimit = 300
    private static let series = 3

    func run() throws -> Int32 {
        guard Planted.isPossible else {
            throw Command.Usage(
                description: "this build has no planted faults: Tools/simulate --mutants makes one that has")
        }
        var isComplete = true
        Fleet.tell("fault                               seeds until caught (series), median   invariant")
        let limit = command.seeds > 1 ? command.seeds : Self.standardLimit
        for fault in PlantedFault.allCases where [nil, fault.rawValue].contains(command.mutant) {
            var taken: [Int?] = []
            var invariants: Set<String> = []
            for number in 0..<Self.series {
                let (seeds, invariant) = try hunt(fault, from: command.seed &+ UInt64(number * 10_000), limit)
                taken.append(seeds)
                if let invariant { invariants.insert(invariant) }
            }
            let caught = taken.compactMap { $0 }.sorted()
            isComplete = isComplete && !caught.isEmpty
            let name = "(\(fault.rawValue)) \(fault)".padding(toLength: 36, withPad: " ", startingAt: 0)
            let each = taken.map { $0.map(String.init) ?? "none of \(limit)" }.joined(separator: ", ")
            // Of a series that caught nothing it is more than all.
            let median = caught.count > Self.series / 2 ? "\(caught[Self.series / 2])" : "more"
            Fleet.tell("\(name)\(each); \(median)   \(invariants.sorted().joined(separator: ", "))")
        }
        return isComplete ? 0 : 1
    }

    /// A seed that is not sound without the fault either says nothing about it.
    /// - Returns: how many seeds it took until the fault showed.
    private func hunt(_ fault: PlantedFault, from seed: UInt64, _ limit: Int) throws -> (Int?, String?) {
        var command = command
        command.seed = seed
        command.seeds = limit
        var sound = command
        sound.mutant = nil
        command.mutant = fault.rawValue
        var first: Worker.Line?
        try Fleet.collect(command) { line in
            guard line.invariant != nil, Outcome(running: sound.plan(line.seed)).violation == nil else { return true }
            if line.seed < first?.seed ?? .max { first = line }
            return false
        }
        return (first.map { Int($0.seed - seed) + 1 }, first?.invariant)
    }
}

/// What a build that has planted faults can do, and no other.
enum Planted {
    #if PLANTED_FAULTS
    static let isPossible = true

    static func plant(_ number: Int?) throws {
        guard let number else { return }
        guard let fault = PlantedFault(rawValue: number) else {
            throw Command.Usage(description: "there is no fault \(number)")
        }
        PlantedFault.planted = fault
    }
    #else
    static let isPossible = false

    static func plant(_ number: Int?) throws {
        if number != nil { throw Command.Usage(description: "this build has no planted faults") }
    }
    #endif
}
