import Testing

/// The faults that the simulator plants stand in the very code of the products: they must be out of their reach.
struct PlantedFaultTests {
    private static let home = "Sources/StoepModel/PlantedFault.swift"
    // Written apart, so that this file does not find itself.
    private static let condition = "PLANTED" + "_FAULTS"

    @Test
    func `only one file of the products knows of a build with planted faults, and nothing plants one`() throws {
        #expect(try Repository.read(Self.home).lines.contains { $0.trimmed == "#if \(Self.condition)" })
        for file in try Repository.files(under: "Sources") where file.path != Self.home {
            for (number, line) in zip(1..., file.lines) {
                #expect(!line.contains(Self.condition), "\(file.path):\(number)")
                #expect(!line.contains("PlantedFault.planted"), "\(file.path):\(number)")
            }
        }
    }

    @Test
    func `an ordinary build has no planted faults`() throws {
        #expect(!(try Repository.read("Package.swift").lines.contains { $0.contains(Self.condition) }))
        for path in ["Tools/setup", "Tools/build"] {
            #expect(!(try Repository.read(path).lines.contains { $0.contains(Self.condition) }), "\(path)")
        }
    }

    @Test
    func `there are twenty-four, explained, and each is planted somewhere`() throws {
        let home = try Repository.read(Self.home)
        let cases = zip(1..., home.lines).filter { $1.hasPrefix("    case ") }
        #expect(cases.count == 24)
        let code = try Repository.files(under: "Sources", ".swift").filter { $0.path != Self.home }
            .flatMap(\.code).map(\.text)
        for (number, line) in cases {
            let name = line.trimmed.split(separator: " ")[1]
            #expect(home.lines[number - 2].trimmed.hasPrefix("///"), "\(name) does not say how it shows")
            #expect(code.contains { $0.contains("PlantedFault.\(name).isOn") }, "\(name) is planted nowhere")
        }
    }
}
