// swift-tools-version: 6.2
import PackageDescription

// Opt in to newer CPUs: ECLIPTIC_MARCH=x86-64-v3 swift build -c release. The default is the baseline,
// so that one binary runs everywhere and gives the same bits everywhere.
let march: [SwiftSetting] =
  Context.environment["ECLIPTIC_MARCH"].map { [.unsafeFlags(["-Xcc", "-march=\($0)"])] } ?? []

let room: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
/// Rooms with mathematics on flat arrays: every use of unsafe memory must say so.
let kernel: [SwiftSetting] = room + [.strictMemorySafety()] + march

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestSupport"], path: "Tests/\(name)Tests",
    swiftSettings: room)
}

func rooms(_ names: String...) -> [Target.Dependency] { names.map { .target(name: $0) } }

let package = Package(
  name: "ecliptic",
  products: [
    .executable(name: "ecliptic", targets: ["ecliptic"]),
    .library(name: "Astro", targets: ["Astro"]),
    .library(name: "Dynamics", targets: ["Dynamics"]),
    .library(name: "Astrometry", targets: ["Astrometry"]),
    .library(name: "OrbitFit", targets: ["OrbitFit"]),
    .library(name: "Linking", targets: ["Linking"]),
    .library(name: "Shards", targets: ["Shards"]),
    .library(name: "Prediction", targets: ["Prediction"]),
    .library(name: "FollowUp", targets: ["FollowUp"]),
    .library(name: "Exchange", targets: ["Exchange"]),
    .library(name: "Catalog", targets: ["Catalog"]),
    .library(name: "Alerts", targets: ["Alerts"]),
    .library(name: "Filters", targets: ["Filters"]),
    .library(name: "Nightly", targets: ["Nightly"]),
    .library(name: "Service", targets: ["Service"]),
    .library(name: "Simulation", targets: ["Simulation"]),
    // For other languages: libEclipticC.so, which Tools/python loads.
    .library(name: "EclipticC", type: .dynamic, targets: ["CInterface"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
  ],
  targets: [
    // System libraries
    .systemLibrary(name: "CERFA", pkgConfig: "erfa", providers: [.apt(["liberfa-dev"])]),
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "CLAPACK", pkgConfig: "lapack", providers: [.apt(["liblapack-dev"])]),
    .systemLibrary(name: "CFITSIO", pkgConfig: "cfitsio", providers: [.apt(["libcfitsio-dev"])]),
    .systemLibrary(name: "CAvro", pkgConfig: "avro-c", providers: [.apt(["libavro-dev"])]),
    .systemLibrary(
      name: "CRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

    // Rooms, lowest first: each may import only what stands above it in this list.
    .target(name: "Astro", dependencies: ["CERFA"], swiftSettings: kernel),
    .target(name: "Dynamics", dependencies: ["Astro", "CERFA", "CLAPACK"], swiftSettings: kernel),
    .target(name: "Astrometry", dependencies: rooms("Astro", "Dynamics"), swiftSettings: kernel),
    .target(
      name: "OrbitFit",
      dependencies: rooms("Astro", "Dynamics", "Astrometry", "CLAPACK", "CGSL"),
      swiftSettings: kernel),
    .target(
      name: "Linking", dependencies: rooms("Astro", "Dynamics", "Astrometry", "OrbitFit"),
      swiftSettings: kernel),
    .target(name: "Shards", dependencies: rooms("Linking", "CCrypto"), swiftSettings: room),
    .target(
      name: "Prediction", dependencies: rooms("Astro", "Dynamics", "Astrometry"),
      swiftSettings: kernel),
    .target(
      name: "FollowUp", dependencies: rooms("Astro", "Dynamics", "Astrometry", "Prediction"),
      swiftSettings: kernel),
    .target(
      name: "Exchange",
      dependencies: rooms("Astro", "Dynamics", "Astrometry", "CFITSIO", "CZlib"),
      swiftSettings: room),
    .target(
      name: "Catalog",
      dependencies: rooms("Astro", "Dynamics", "Astrometry", "Exchange") + [grdb, sqlite],
      swiftSettings: room),
    .target(
      name: "Alerts",
      dependencies: rooms(
        "Astro", "Dynamics", "Astrometry", "Prediction", "Exchange", "CZlib", "CZstd", "CFITSIO",
        "CRDKafka"),
      swiftSettings: room),
    .target(
      name: "Filters",
      dependencies: rooms(
        "Astro", "Dynamics", "Astrometry", "Prediction", "Alerts", "CCrypto") + [grdb, sqlite],
      swiftSettings: room),
    .target(
      name: "Nightly",
      dependencies: rooms(
        "Astro", "Dynamics", "Astrometry", "OrbitFit", "Linking", "Prediction", "Exchange",
        "Catalog", "Alerts"), swiftSettings: room),
    .target(
      name: "Simulation",
      dependencies: rooms("Astro", "Dynamics", "Astrometry", "Exchange", "Alerts"),
      swiftSettings: room),
    .target(
      name: "Service",
      dependencies: rooms(
        "Astro", "Dynamics", "Astrometry", "Prediction", "Exchange", "Catalog", "Alerts", "Filters",
        "Nightly") + [hummingbird, logging],
      swiftSettings: room),
    .target(
      name: "CInterface",
      dependencies: rooms("Astro", "Dynamics", "Astrometry", "OrbitFit", "Linking"),
      swiftSettings: room),
    .executableTarget(
      name: "ecliptic",
      dependencies: rooms(
        "Astro", "Dynamics", "Astrometry", "OrbitFit", "Linking", "Shards", "Prediction",
        "FollowUp", "Exchange", "Catalog", "Alerts", "Filters", "Nightly", "Simulation", "Service")
        + [argumentParser, logging],
      swiftSettings: room),

    // Measured by the scripts of Tools/bench.
    .executableTarget(
      name: "EphemerisBenchmark", dependencies: rooms("Astro", "Dynamics"),
      path: "Tools/Benchmarks/Ephemeris", swiftSettings: room),
    .executableTarget(
      name: "OrbitsBenchmark", dependencies: rooms("Astro", "Dynamics"),
      path: "Tools/Benchmarks/Orbits", swiftSettings: room),
    .executableTarget(
      name: "DynamicsBenchmark", dependencies: rooms("Exchange", "Dynamics", "Astro"),
      path: "Tools/Benchmarks/Dynamics", swiftSettings: room),
    .executableTarget(
      name: "FitBenchmark", dependencies: rooms("OrbitFit", "Astrometry", "Dynamics", "Astro"),
      path: "Tools/Benchmarks/Fit", swiftSettings: room),
    .executableTarget(
      name: "AlertsBenchmark",
      dependencies: rooms(
        "Alerts", "Filters", "Prediction", "Exchange", "Astrometry", "Dynamics", "Astro", "CAvro"),
      path: "Tools/Benchmarks/Alerts", swiftSettings: room),

    // Tests mirror the rooms.
    .target(name: "TestSupport", path: "Tests/Support", swiftSettings: room),
    tests("Astro", rooms("Astro", "CERFA")),
    tests("Dynamics", rooms("Dynamics", "Astro")),
    tests("Astrometry", rooms("Astrometry", "Dynamics", "Astro")),
    tests("OrbitFit", rooms("OrbitFit", "Astrometry", "Dynamics", "Astro")),
    tests("Linking", rooms("Linking", "OrbitFit", "Astrometry", "Dynamics", "Astro")),
    tests("Prediction", rooms("Prediction", "Exchange", "Astrometry", "Dynamics", "Astro")),
    tests(
      "FollowUp", rooms("FollowUp", "Exchange", "Prediction", "Astrometry", "Dynamics", "Astro")),
    tests("Exchange", rooms("Exchange", "Astrometry", "Dynamics", "Astro", "CFITSIO")),
    tests("Catalog", rooms("Catalog", "Astrometry", "Dynamics", "Astro") + [grdb]),
    tests(
      "Alerts",
      rooms(
        "Alerts", "Prediction", "Exchange", "Astrometry", "Dynamics", "Astro", "CAvro", "CFITSIO")),
    tests(
      "Filters", rooms("Filters", "Alerts", "Prediction", "Astrometry", "Dynamics", "Astro")),
    tests(
      "Nightly",
      rooms(
        "Nightly", "Catalog", "Exchange", "Linking", "Prediction", "Astrometry", "Dynamics", "Astro"
      )
    ),
    tests(
      "Simulation",
      rooms("Simulation", "Alerts", "Exchange", "Astrometry", "Dynamics", "Astro", "CFITSIO")),
    tests(
      "Service",
      rooms(
        "Service", "Nightly", "Filters", "Alerts", "Catalog", "Exchange", "Prediction",
        "Astrometry", "Dynamics", "Astro") + [logging]),
    tests(
      "EndToEnd", rooms("ecliptic", "Alerts", "Simulation", "CAvro", "CRDKafka") + [grdb]),
  ],
  swiftLanguageModes: [.v6]
)
