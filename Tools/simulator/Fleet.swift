import Foundation
import StoepSimulator
import Synchronization

/// Many seeds on all cores: starts a worker a core, and adds up what they say.
struct Fleet {
    let command: Command

    func run() throws -> Int32 {
        let began = Date()
        let progress = isatty(2) == 1
        var total = Total()
        try Self.collect(command) { line in
            total.add(line)
            if let detail = line.detail {
                Self.say("seed \(line.seed): NOT SOUND: \(line.invariant ?? ""): \(detail)\n")
            }
            if progress {
                let seconds = max(0.001, Date().timeIntervalSince(began))
                Self.say("\r\(total.seeds) seeds, \(Int(Double(total.steps) / seconds)) steps/s ")
            }
            return true
        }
        if progress { Self.say("\r\u{1b}[K") }
        let seconds = Date().timeIntervalSince(began)
        print(total.table(seconds: seconds, jobs: command.jobs))
        if let path = command.json { try total.json(seconds: seconds).write(to: URL(fileURLWithPath: path)) }
        if let failed = total.failed.min(by: { $0.seed < $1.seed }), let invariant = failed.invariant {
            Self.say("making seed \(failed.seed) smaller, for two minutes at most\n")
            let plan = Replay.shrunk(
                command.plan(failed.seed), Violation(invariant, failed.detail ?? ""), within: .seconds(120))
            print(Replay.summary(Outcome(running: plan)))
        }
        let absent = command.mishaps.filter { total.census[$0.rawValue, default: 0] == 0 }.map(\.rawValue).sorted()
        if !absent.isEmpty, total.seeds >= 100 {
            print("never happened: \(absent.joined(separator: ", "))")
            return 1
        }
        return total.failed.isEmpty ? 0 : 1
    }

    /// A line of what was found, at once, also where it goes into a file.
    static func tell(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
    static func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// Starts the workers and hands over each of their lines, in the order in which they come.
    /// - Parameter each: is called for one line at a time; false ends all of it.
    static func collect(_ command: Command, _ each: (Worker.Line) -> Bool) throws {
        let jobs = min(command.jobs, max(1, command.seeds))
        let lines = Lines()
        var workers: [Process] = []
        for job in 0..<jobs {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            process.arguments = arguments(command, job: job, of: jobs)
            // Each its own: whoever starts a process closes the end that it hands over.
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            workers.append(process)
            let handle = pipe.fileHandleForReading
            Thread.detachNewThread { lines.read(handle) }
        }
        defer { for worker in workers where worker.isRunning { worker.terminate() } }
        let decoder = JSONDecoder()
        var ended = 0
        while ended < jobs {
            guard let line = lines.next() else {
                ended += 1
                continue
            }
            guard each(try decoder.decode(Worker.Line.self, from: line)) else { return }
        }
        for worker in workers {
            worker.waitUntilExit()
            if worker.terminationReason == .uncaughtSignal {
                throw Command.Usage(
                    description: "a worker ended with signal \(worker.terminationStatus): run its seeds one by one")
            }
        }
    }

    private static func arguments(_ command: Command, job: Int, of jobs: Int) -> [String] {
        let share = command.seeds / jobs + (job < command.seeds % jobs ? 1 : 0)
        var arguments = [
            "--stride", "\(jobs)", "--seed", "\(command.seed &+ UInt64(job))", "--seeds", "\(share)", "--steps",
            "\(command.steps)", "--laptops", "\(command.laptops)",
        ]
        let faults = command.mishaps.isEmpty ? "none" : command.mishaps.sorted().map(\.rawValue).joined(separator: ",")
        arguments += ["--faults", faults]
        if let minutes = command.minutes { arguments += ["--minutes", "\(minutes)"] }
        if let mutant = command.mutant { arguments += ["--mutant", "\(mutant)"] }
        return arguments
    }
}

/// What workers say, in the order in which it comes.
private final class Lines: Sendable {
    private let waiting = Mutex<[Data?]>([])
    private let count = DispatchSemaphore(value: 0)

    /// The next line; nil where a worker has ended.
    func next() -> Data? {
        count.wait()
        return waiting.withLock { $0.removeFirst() }
    }

    private func add(_ line: Data?) {
        waiting.withLock { $0.append(line) }
        count.signal()
    }

    func read(_ handle: FileHandle) {
        var buffer = Data()
        while case let data = handle.availableData, !data.isEmpty {
            buffer.append(data)
            while let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                add(Data(buffer[buffer.startIndex..<end]))
                buffer.removeSubrange(buffer.startIndex...end)
            }
        }
        add(nil)
    }
}

/// What many runs came to.
struct Total {
    var seeds = 0
    var steps = 0
    var changes = 0
    var bytes = 0
    var census: [String: Int] = [:]
    var deeds: [String: Int] = [:]
    var rounds: [Int: Int] = [:]
    var failed: [Worker.Line] = []
    /// Of all traces: equal where every run was.
    var hash: UInt64 = 0

    mutating func add(_ line: Worker.Line) {
        seeds += 1
        steps += line.steps
        changes += line.changes
        bytes += line.bytes
        census.merge(line.census, uniquingKeysWith: +)
        deeds.merge(line.deeds, uniquingKeysWith: +)
        rounds[line.rounds, default: 0] += 1
        hash ^= line.hash &* (line.seed | 1)
        if line.invariant != nil { failed.append(line) }
    }

    func table(seconds: Double, jobs: Int) -> String {
        var lines = [
            "\(seeds) seeds, \(steps) steps in \(Int(seconds.rounded())) s on \(jobs) cores: \(Int(Double(steps) / max(0.001, seconds))) steps/s",
            "\(changes) changes, \(bytes >> 20) MiB carried; traces \(String(hash, radix: 16))",
            "healed in rounds: "
                + rounds.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value) seeds)" }.joined(separator: ", "),
            "not sound: \(failed.count)", "", "what went wrong, and how often:",
        ]
        lines += census.sorted { $0.key < $1.key }.map {
            "  \($0.key.padding(toLength: 24, withPad: " ", startingAt: 0)) \($0.value)"
        }
        lines += ["", "what people did:"]
        lines += deeds.sorted { $0.key < $1.key }.map {
            "  \($0.key.padding(toLength: 24, withPad: " ", startingAt: 0)) \($0.value)"
        }
        return lines.joined(separator: "\n")
    }

    func json(seconds: Double) throws -> Data {
        let object: [String: Any] = [
            "seeds": seeds, "steps": steps, "seconds": seconds, "changes": changes, "bytes": bytes, "census": census,
            "deeds": deeds, "failed": failed.map(\.seed), "traces": String(hash, radix: 16),
        ]
        return try JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .prettyPrinted])
    }
}
