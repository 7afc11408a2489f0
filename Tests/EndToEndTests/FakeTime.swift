import Foundation

/// Another wall clock for a program, by libfaketime.
enum FakeTime {
    /// Where Tools/setup puts it; nil where it is missing.
    static let library: String? = {
        let folder = "/usr/lib"
        let architectures = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return architectures.map { "\(folder)/\($0)/faketime/libfaketimeMT.so.1" }
            .first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// What to start instead of a program, so that its clock is later than the machine's, or earlier.
    ///
    /// Through `env`, and not by variables alone: where libfaketime has to add a variable of its own it moves the
    /// environment, and the Swift runtime then finds no arguments. Behind `env` the variable is there already.
    static func command(_ path: String, laterBySeconds seconds: Int) throws -> [String] {
        guard let library else { throw Failure("libfaketime is missing: Tools/setup installs it") }
        let variables = ["LD_PRELOAD=\(library)", "FAKETIME=\(seconds < 0 ? "" : "+")\(seconds)s", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
        return ["/usr/bin/env"] + variables + ["/usr/bin/env", path]
    }

    /// Removes what libfaketime leaves in memory where its process is killed, or ends without its farewell.
    static func clean(after pid: pid_t) {
        for name in ["faketime_shm_\(pid)", "sem.faketime_sem_\(pid)"] {
            unlink("/dev/shm/\(name)")
        }
    }
}
