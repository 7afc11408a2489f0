// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of the project is compiled with: language mode 6, and the upcoming features
/// that make a signature say what it means.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The module graph. ARCHITECTURE.md draws it, and a test holds the imports against that drawing.
let graph: [(name: String, needs: [String])] = [
    ("StoepModel", []),
    ("StoepMerge", ["StoepModel"]),
    ("StoepWire", ["StoepModel", "CZlib"]),
    ("StoepSync", ["StoepModel", "StoepMerge", "StoepWire"]),
    ("StoepCrypto", ["StoepModel", "COpenSSL"]),
    ("StoepSQLite", ["CSQLite", "StoepCrypto"]),
    ("StoepStore", ["StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "CKeyring"]),
    ("StoepCore", ["StoepModel", "StoepMerge", "StoepWire", "StoepCrypto", "StoepStore", "StoepSync"]),
    ("StoepTransport", ["StoepModel", "StoepCrypto", "COpenSSL", "CCurl"]),
    ("StoepClient", ["StoepCore", "StoepTransport"]),
    ("StoepServer", ["StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore", "StoepTransport"]),
    ("StoepCommand", ["StoepModel"]),
]

let package = Package(
    name: "stoep",
    products: [
        .library(name: "StoepCore", targets: ["StoepCore"]),
        .library(name: "StoepClient", targets: ["StoepClient"]),
        .executable(name: "stoep", targets: ["stoep"]),
        .executable(name: "stoepd", targets: ["stoepd"]),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CKeyring"),
    ]
    + graph.map { module in
        .target(
            name: module.name,
            dependencies: module.needs.map { .byName(name: $0) },
            swiftSettings: settings)
    }
    + [
        .executableTarget(
            name: "stoep",
            dependencies: ["StoepModel", "StoepCore", "StoepTransport", "StoepClient", "StoepCommand"],
            swiftSettings: settings),
        .executableTarget(
            name: "stoepd",
            dependencies: ["StoepModel", "StoepServer", "StoepTransport", "StoepCommand"],
            swiftSettings: settings),
        .executableTarget(
            name: "stoep-schema", dependencies: ["StoepModel"], path: "Tools/schema", swiftSettings: settings),
        .executableTarget(
            name: "stoep-vectors", dependencies: ["StoepTestSupport"], path: "Tools/vectors", swiftSettings: settings),
        .executableTarget(
            name: "stoep-bench",
            dependencies: [
                "StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore",
                "StoepTestSupport", "CZlib",
            ],
            path: "Tools/benches", swiftSettings: settings),
        .executableTarget(
            name: "stoep-simulate", dependencies: ["StoepModel", "StoepSimulator"], path: "Tools/simulator",
            swiftSettings: settings),
        .target(name: "CMemoryFaults", dependencies: ["CSQLite"], path: "Tests/MemoryFaults"),
        .target(
            name: "StoepSimulator",
            dependencies: [
                "StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore",
                "StoepCore", "StoepServer", "StoepTestSupport", "CSQLite", "CMemoryFaults",
            ],
            path: "Tests/Simulator", swiftSettings: settings),
        .target(
            name: "StoepTestSupport",
            dependencies: [
                "StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore",
            ],
            path: "Tests/Support", swiftSettings: settings),
    ]
    + [
        ("StoepModelTests", ["StoepModel", "StoepCrypto"]),
        ("StoepMergeTests", ["StoepModel", "StoepMerge", "StoepWire", "StoepCrypto", "StoepStore"]),
        ("StoepWireTests", ["StoepModel", "StoepWire", "StoepCrypto"]),
        ("StoepSyncTests", ["StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto"]),
        ("StoepCryptoTests", ["StoepModel", "StoepCrypto"]),
        ("StoepSQLiteTests", ["StoepSQLite"]),
        ("StoepStoreTests", ["StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore"]),
        (
            "StoepCoreTests",
            ["StoepModel", "StoepMerge", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore", "StoepCore"]
        ),
        ("StoepTransportTests", ["StoepModel", "StoepCrypto", "StoepTransport"]),
        (
            "StoepServerTests",
            [
                "StoepModel", "StoepWire", "StoepSync", "StoepCrypto", "StoepSQLite", "StoepStore", "StoepServer",
                "StoepTransport",
            ]
        ),
        ("StoepCommandTests", ["StoepCommand"]),
        ("StoepSimulatorTests", ["StoepModel", "StoepMerge", "StoepWire", "StoepCrypto", "StoepSQLite", "StoepStore", "StoepSimulator"]),
        ("EndToEndTests", ["StoepSQLite"]),
        ("TidyTests", []),
    ].map { (name: String, needs: [String]) in
        .testTarget(
            name: name,
            dependencies: (needs + ["StoepTestSupport"]).map { .byName(name: $0) },
            swiftSettings: settings)
    },
    swiftLanguageModes: [.v6]
)
