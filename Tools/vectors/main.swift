import Glibc
import StoepTestSupport

// Writes every vector of the protocol into a folder, one file a case, and takes away what is none any more:
// swift run stoep-vectors Protocol/vectors

func fail(_ message: String) -> Never {
    let line = Array("stoep-vectors: \(message)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}

guard CommandLine.arguments.count == 2 else { fail("usage: stoep-vectors DIRECTORY") }
let folder = CommandLine.arguments[1]
mkdir(folder, 0o755)
let vectors = try Vectors.all()
guard Set(vectors.map(\.name)).count == vectors.count else { fail("two vectors have one name") }
guard let stream = opendir(folder) else { fail("\(folder): \(String(cString: strerror(errno)))") }
var old: [String] = []
while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name.hasSuffix(".txt") { old.append(name) }
}
closedir(stream)
for name in Set(old).subtracting(vectors.map { $0.name + ".txt" }) { unlink("\(folder)/\(name)") }
for vector in vectors {
    guard let file = fopen("\(folder)/\(vector.name).txt", "w") else { fail("\(folder)/\(vector.name).txt") }
    fputs(vector.text, file)
    fclose(file)
}
print("\(vectors.count) vectors in \(folder)")
