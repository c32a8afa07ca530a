// swift-tools-version: 6.1
import PackageDescription

/// Warnings are errors; `make` passes the optimiser's cross-module flag, which a package that others depend on may not.
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)]

let package = Package(
  name: "fql",
  products: [
    .library(name: "FQL", targets: ["FQLEngine", "FQLSyntax", "FQLValues"]),
    .executable(name: "fql", targets: ["fql"]),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),
    .target(name: "CCrypto", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CICU", linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(name: "CLibedit", linkerSettings: [.linkedLibrary("edit")]),

    .target(name: "FQLValues", dependencies: ["CICU"], swiftSettings: settings),
    .target(name: "FQLSyntax", dependencies: ["FQLValues"], swiftSettings: settings),
    .target(name: "FQLStorage", dependencies: ["CLMDB"], swiftSettings: settings),
    .target(
      name: "FQLEngine", dependencies: ["FQLSyntax", "FQLValues", "FQLStorage", "CCrypt", "CCrypto", "CICU"],
      swiftSettings: settings),
    .target(name: "FQLShell", dependencies: ["FQLEngine", "CLibedit"], swiftSettings: settings),
    .executableTarget(name: "fql", dependencies: ["FQLShell"], swiftSettings: settings),

    .testTarget(name: "FQLValuesTests", dependencies: ["FQLValues", "CICU"], swiftSettings: settings),
    .testTarget(name: "FQLSyntaxTests", dependencies: ["FQLSyntax"], swiftSettings: settings),
    .testTarget(name: "FQLStorageTests", dependencies: ["FQLStorage"], swiftSettings: settings),
    .testTarget(name: "FQLEngineTests", dependencies: ["FQLEngine", "FQLStorage"], swiftSettings: settings),
    .testTarget(name: "FQLShellTests", dependencies: ["FQLShell"], swiftSettings: settings),
    .testTarget(
      name: "ConformanceTests", dependencies: ["FQLEngine", "FQLShell", "FQLStorage", "FQLSyntax", "FQLValues"],
      path: "Tests/Conformance",
      exclude: [
        "auth.jsonl", "collections.jsonl", "contested.txt", "core.jsonl", "run.py", "scalars.jsonl", "sets.jsonl",
        "surface.jsonl", "writes.jsonl",
      ],
      swiftSettings: settings),
  ]
)
