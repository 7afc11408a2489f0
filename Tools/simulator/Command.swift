import Foundation
import StoepSimulator

/// What somebody typed.
struct Command {
    struct Usage: Error, CustomStringConvertible {
        let description: String
    }

    static let help = """
        Tools/simulate: a space, its people and their machines, and all that can go wrong, out of one seed

          Tools/simulate --seed 1 --seeds 300           runs 300 seeds, 500 steps each, on all cores
          Tools/simulate --seeds 100000 --minutes 60    as many as an hour allows
          Tools/simulate --replay 17 --verbose          tells one run in lines that a person can follow
          Tools/simulate --replay 17 --shrink           makes a failing run smaller, and tells it
          Tools/simulate --mutants                      plants faults, and counts the seeds until each is caught
          Tools/simulate --mutants --mutant 5           that one alone; --seeds says how many it may take (300)

          --seed N       the first seed (1)              --steps N     steps before everything heals (500)
          --seeds N      how many (1)                    --minutes N   begins no seed after so long,
                                                         and shrinks for so long (10)
          --faults LIST  what may go wrong, by name, separated by commas; all (the default), or none
          --skip LIST    steps that are left out         --laptops N   how many take part (5)
          --jobs N       processes (one a core)          --json FILE   writes what it found there as well

        It exits with 0 where every run was sound and every kind of fault happened, else with 1.
        """

    var seed: UInt64 = 1
    var seeds = 1
    var steps = 500
    var minutes: Double?
    var mishaps = Set(Mishap.allCases)
    var skipped: Set<Int> = []
    var laptops = 5
    var jobs = ProcessInfo.processInfo.activeProcessorCount
    var replay: UInt64?
    var isVerbose = false
    var shrinks = false
    var mutants = false
    var mutant: Int?
    var wantsHelp = false
    /// Every how-many-th seed a worker takes; nil for whoever starts the workers.
    var stride: Int?
    var json: String?

    init(_ arguments: some Sequence<String>) throws {
        var rest = Array(arguments)
        func value(_ option: String) throws -> String {
            guard !rest.isEmpty else { throw Usage(description: "\(option) needs a value") }
            return rest.removeFirst()
        }
        func number<T: LosslessStringConvertible>(_ option: String) throws -> T {
            let text = try value(option)
            guard let number = T(text) else { throw Usage(description: "\(option): \(text) is no number") }
            return number
        }
        while !rest.isEmpty {
            let option = rest.removeFirst()
            switch option {
            case "--help", "-h": wantsHelp = true
            case "--seed": seed = try number(option)
            case "--seeds": seeds = try number(option)
            case "--steps": steps = try number(option)
            case "--minutes": minutes = try number(option)
            case "--laptops": laptops = try number(option)
            case "--jobs": jobs = max(1, try number(option))
            case "--faults": mishaps = try Self.mishaps(try value(option))
            case "--skip": skipped = Set(try value(option).split(separator: ",").compactMap { Int($0) })
            case "--replay": replay = try number(option)
            case "--verbose": isVerbose = true
            case "--shrink": shrinks = true
            case "--mutants": mutants = true
            case "--mutant": mutant = try number(option)
            case "--stride": stride = try number(option)
            case "--json": json = try value(option)
            default: throw Usage(description: "unknown option \(option); --help says what there is")
            }
        }
    }

    private static func mishaps(_ list: String) throws -> Set<Mishap> {
        if list == "all" { return Set(Mishap.allCases) }
        if list == "none" { return [] }
        return Set(
            try list.split(separator: ",").map { name in
                guard let mishap = Mishap(rawValue: String(name)) else {
                    let known = Mishap.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Usage(description: "--faults: \(name) is none of \(known)")
                }
                return mishap
            })
    }

    func plan(_ seed: UInt64) -> Plan {
        var plan = Plan(seed: seed, steps: steps, mishaps: mishaps, laptops: laptops)
        plan.skipped = skipped
        return plan
    }

    func run() throws -> Int32 {
        if wantsHelp {
            print(Self.help)
            return 0
        }
        if mutants { return try MutantHunt(command: self).run() }
        try Planted.plant(mutant)
        if let replay { return Replay(command: self).run(plan(replay)) }
        if let stride { return Worker(command: self, stride: stride).run() }
        return try Fleet(command: self).run()
    }
}
