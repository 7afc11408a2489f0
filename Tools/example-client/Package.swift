// swift-tools-version: 6.2
import PackageDescription

// A client of its own, as somebody else would write it: it depends on Stoep by path, and uses what Stoep makes public.
let package = Package(
    name: "example-client",
    dependencies: [.package(name: "stoep", path: "../..")],
    targets: [
        .executableTarget(
            name: "example-client",
            dependencies: [
                .product(name: "StoepCore", package: "stoep"), .product(name: "StoepClient", package: "stoep"),
            ])
    ])
