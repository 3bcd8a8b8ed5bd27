// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

/// The rules every target is compiled under: Swift 6, warnings are errors, imports are explicit.
let house: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies, swiftSettings: house)
}

func program(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: "\(folder)/\(name)", swiftSettings: house)
}

let package = Package(
  name: "mcpctl",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "MCPServeKit", targets: ["MCPServeKit"]),
    .library(name: "MCPClientKit", targets: ["MCPClientKit"]),
    .library(name: "MCPRedis", targets: ["MCPRedis"]),
    .executable(name: "mcpctl", targets: ["mcpctl"]),
  ],
  targets: [
    // The C edge: a module map and a shim each.
    .systemLibrary(name: "CEvent", pkgConfig: "libevent_core", providers: [.apt(["libevent-dev"])]),
    .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
    .target(name: "CPCRE2", linkerSettings: [.linkedLibrary("pcre2-8")]),
    .target(name: "CCurl"),
    .target(name: "CCrypto"),
    .target(name: "CTLS"),
    .target(name: "CZlib"),
    .target(name: "CProcess"),
    .target(name: "CYAML"),
    .target(name: "CReadline"),

    // What knows nothing of MCP.
    .target(
      name: "JSONKit", dependencies: ["CPCRE2"], swiftSettings: house,
      linkerSettings: [.linkedLibrary("m")]),  // the standard library's rounding, when linked without Foundation
    library("Observability"),
    library("CommandLineKit"),
    library("EventIO", ["CEvent", "CCurl", "CCrypto", "CTLS", "CZlib", "CProcess", "Observability"]),

    library("MCPConfig", ["JSONKit", "CYAML"]),

    // MCP itself.
    library("MCPCore", ["JSONKit", "Observability"]),
    library("MCPClientKit", ["MCPCore", "JSONKit", "EventIO", "Observability"]),
    library("MCPServeKit", ["MCPCore", "JSONKit", "EventIO", "Observability"]),

    library("MCPRedis", ["MCPServeKit", "MCPCore", "JSONKit", "EventIO", "Observability", "CHiredis"]),

    // The programs.
    program(
      "mcpctl", in: "Sources",
      [
        "CommandLineKit", "MCPClientKit", "MCPServeKit", "MCPConfig", "MCPRedis", "MCPCore", "JSONKit", "EventIO",
        "Observability", "CReadline",
      ]),
    program("Weather", in: "Examples", ["MCPServeKit"]),
    program("Trip", in: "Examples", ["MCPServeKit"]),
    program("EverythingServer", in: "Examples", ["MCPServeKit", "MCPCore", "JSONKit", "EventIO", "Observability"]),
    program("ConformanceClient", in: "Examples", ["MCPClientKit", "MCPCore", "JSONKit", "Observability"]),

    // Benchmarks.
    program("JSONBench", in: "Benchmarks", ["JSONKit"]),
    program("EngineBench", in: "Benchmarks", ["EventIO"]),

    // Tests.
    .target(
      name: "TestSupport", dependencies: ["MCPCore", "JSONKit", "EventIO", "Observability"],
      path: "Tests/TestSupport", swiftSettings: house),
    tests(of: "JSONKit"),
    tests(of: "Observability"),
    tests(of: "CommandLineKit"),
    tests(of: "EventIO"),
    tests(of: "MCPCore", ["JSONKit", "Observability"]),
    tests(of: "MCPServeKit", ["MCPCore", "JSONKit", "EventIO", "Observability"]),
    tests(of: "MCPClientKit", ["MCPServeKit", "MCPCore", "JSONKit", "EventIO", "Observability"]),
    .testTarget(
      name: "ExamplesTests", dependencies: ["TestSupport", "MCPServeKit", "MCPCore", "JSONKit", "EventIO"],
      swiftSettings: house),
    tests(of: "MCPConfig", ["JSONKit"]),
    tests(of: "MCPRedis", ["MCPServeKit", "MCPCore", "JSONKit", "EventIO", "Observability"]),
    tests(of: "mcpctl", ["CommandLineKit", "MCPServeKit", "MCPConfig", "MCPRedis", "MCPCore", "JSONKit", "EventIO"]),
  ],
  swiftLanguageModes: [.v6]
)

// These fuzzers bring their own `main`, so they are no part of a normal build: scripts/fuzz.sh asks for them.
if Context.environment["MCPCTL_FUZZ"] != nil {
  let sanitizers = ["-parse-as-library", "-sanitize=fuzzer,address"]
  func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
      name: "\(name)Fuzz", dependencies: dependencies, path: "Fuzz/\(name)",
      swiftSettings: house + [.unsafeFlags(sanitizers)],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
  }
  package.targets += [
    fuzzer("Endpoint", ["MCPServeKit", "MCPCore", "EventIO", "JSONKit"]),
    fuzzer("Token", ["MCPServeKit", "MCPCore", "EventIO", "JSONKit"]),
    fuzzer("Config", ["MCPConfig", "JSONKit"]),
  ]
}
