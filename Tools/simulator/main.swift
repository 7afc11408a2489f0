import Foundation

do {
    exit(try Command(CommandLine.arguments.dropFirst()).run())
} catch {
    FileHandle.standardError.write(Data("simulate: \(error)\n".utf8))
    exit(2)
}
