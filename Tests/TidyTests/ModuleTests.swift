import Testing

/// What may import what.
struct ModuleTests {
    @Test
    func `Package.swift declares the graph that ARCHITECTURE.md draws`() throws {
        let drawn = try ModuleGraph.drawn()
        let declared = try ModuleGraph.declared()
        #expect(drawn.needs.count > 10, "the drawing was found")
        #expect(Set(drawn.needs.keys) == Set(declared.needs.keys))
        for (module, needs) in declared.needs {
            #expect(drawn.needs[module] == needs, "\(module)")
        }
    }

    @Test
    func `every import stands in the drawing`() throws {
        let drawn = try ModuleGraph.drawn()
        for (module, imported) in try ModuleGraph.imported().needs {
            let extra = imported.subtracting(drawn.needs[module] ?? []).subtracting([module])
            #expect(extra.isEmpty, "\(module) imports \(extra.sorted()), which the drawing does not allow")
        }
    }

    @Test
    func `every folder of Sources is in the drawing or wraps a C library`() throws {
        let drawn = try ModuleGraph.drawn()
        for folder in try Repository.entries(of: "Sources") {
            #expect(drawn.needs[folder] != nil || ModuleGraph.isOurs(folder) && folder.hasPrefix("C"), "\(folder)")
        }
    }

    @Test
    func `the core knows no platform`() throws {
        let core = ["StoepModel", "StoepMerge", "StoepWire", "StoepSync"]
        for module in core {
            for file in try Repository.files(under: "Sources/\(module)", ".swift") {
                let platform = file.imports.filter {
                    !$0.hasPrefix("Stoep") && !(module == "StoepWire" && $0 == "CZlib")
                }
                #expect(platform.isEmpty, "\(file.path) imports \(platform)")
            }
        }
        let model = try Repository.files(under: "Sources/StoepModel", ".swift")
        #expect(model.flatMap(\.imports).isEmpty)
    }

    @Test
    func `the products do without Foundation`() throws {
        for file in try Repository.files(under: "Sources", ".swift") {
            #expect(!file.imports.contains { $0.hasPrefix("Foundation") }, "\(file.path)")
        }
    }
}
