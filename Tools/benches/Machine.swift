import Foundation

/// Where figures were measured: absolute ones hold for that machine only.
enum Machine {
    static var load: Double {
        var load = [0.0]
        return getloadavg(&load, 1) == 1 ? load[0] : 0
    }

    static func note(loadBefore: Double) -> String {
        let model =
            (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        return "\(ProcessInfo.processInfo.processorCount) cores (\(model ?? "a processor that does not say its name"));"
            + String(format: " load %.2f when it began, %.2f when it ended", loadBefore, load)
    }
}
