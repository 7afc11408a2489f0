import Glibc

/// libFuzzer's way in: it makes bytes up, guided by which code they reach, and wants to see a crash where something is
/// wrong. Which decoders are tried is told by the name that the program was started by (`Tools/fuzz`).
@_cdecl("LLVMFuzzerTestOneInput")
public func tryOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let failure = trial.failure(on: bytes) else { return 0 }
    let line = Array("\(trial): \(failure)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    preconditionFailure("a decoder took what it does not write")
}

private let trial: DecoderTrial = {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
    guard let trial = DecoderTrial(rawValue: name) else {
        preconditionFailure("this program is called by the name of a target")
    }
    return trial
}()
