import Astro
import Dynamics
import Foundation
import TestSupport

/// A solar system whose masses stand still or go in circles, for as long as a test wants: written
/// as kernels and constants, and loaded as any other.
struct MadeUpSystem {
  var start = Epoch<TDB>(mjd: 40_000)
  var days = 37_000.0
  /// Where bodies are; those left out stand at 1,000 au.
  var paths: [Body: Path] = [:]
  /// Names of `constants.txt` whose values count; all others but lengths and ratios become 0.
  var masses: Set<String> = ["GMS"]

  struct Path {
    var center = Vector3.zero
    var circles: [Circle] = []

    struct Circle {
      /// Negative for a mass that answers another's pull.
      var radiusAU: Double
      var perDay: Double
      var phase: Double
    }

    /// Barycentric [au].
    func place(_ day: Double) -> Vector3 {
      circles.reduce(center) { sum, circle in
        let angle = circle.phase + circle.perDay * day
        return sum + Vector3(cos(angle), sin(angle), 0.05 * sin(angle)) * circle.radiusAU
      }
    }

    /// 0.4 radians of the fastest circle: twelve terms give that to all digits.
    var intervalDays: Double {
      circles.map { 0.4 / $0.perDay }.min() ?? 1000
    }
  }

  /// Planets and asteroids on circles about where they belong, the Sun answering Jupiter and Saturn.
  static func circling() throws -> MadeUpSystem {
    let gravity = try SolarSystem.load(folder: TestPaths.ephemerides).gravity
    let sun = gravity.gm[0]
    let radii = [0.39, 0.72, 1, 0, 1.52, 5.2, 9.6, 19.2, 30.1, 39.5]
    var system = MadeUpSystem()
    var reflex = Path()
    for body in Body.perturbers where body != .sun && body != .moon {
      let index = Int(body.rawValue)
      let radius = index <= 10 ? radii[index - 1] : 2.3 + 0.06 * Double(index - 10)
      let circle = Path.Circle(
        radiusAU: radius, perDay: (sun / (radius * radius * radius)).squareRoot(),
        phase: 0.7 * Double(index))
      system.paths[body] = Path(circles: [circle])
      if body == .jupiter || body == .saturn {
        reflex.circles.append(circle)
        reflex.circles[reflex.circles.count - 1].radiusAU *= -gravity.gm[index] / sun
      }
    }
    system.paths[.sun] = reflex
    system.masses = ["GMS", "GMB", "J2SUN", "GM", "MA"]
    return system
  }

  func load() throws -> SolarSystem {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for body in Body.allCases where body != .solarSystemBarycenter {
      let path = paths[body] ?? Path(center: Vector3(0, 600, 800))
      try kernel(body, path).write(to: folder.appending(path: "\(body).bsp"))
    }
    let real = try String(
      contentsOf: TestPaths.ephemerides.appending(path: "constants.txt"), encoding: .utf8)
    let lines = real.split(separator: "\n").map { line -> String in
      let name = line.prefix { $0 != " " }
      let isMass = name.hasPrefix("GM") || name.hasPrefix("MA") || name.hasPrefix("J")
      let counts = masses.contains(String(name)) || masses.contains(String(name.prefix(2)))
      return isMass && !counts ? "\(name) 0" : String(line)
    }
    try lines.joined(separator: "\n").write(
      to: folder.appending(path: "constants.txt"), atomically: true, encoding: .utf8)
    // The kernels stay mapped when their names are gone.
    return try SolarSystem.load(folder: folder)
  }

  /// One segment of type 2: file record, summary record, records of twelve terms, directory.
  private func kernel(_ body: Body, _ path: Path) -> Data {
    let terms = 12
    let length = path.intervalDays * Constants.secondsPerDay
    let first = (start.mjd - Constants.mjdJ2000) * Constants.secondsPerDay
    let count = Int((days / path.intervalDays).rounded(.up))
    var words: [Double] = []
    for record in 0..<count {
      let middle = first + (Double(record) + 0.5) * length
      words += [middle, length / 2]
      let angles = (0..<terms).map { .pi * (Double($0) + 0.5) / Double(terms) }
      let samples = angles.map {
        path.place((middle + cos($0) * length / 2 - first) / Constants.secondsPerDay)
          * Constants.auKm
      }
      for axis in [\Vector3.x, \.y, \.z] {
        for k in 0..<terms {
          let sum = zip(angles, samples).reduce(0.0) {
            $0 + $1.1[keyPath: axis] * cos(Double(k) * $1.0)
          }
          words.append(sum * (k == 0 ? 1 : 2) / Double(terms))
        }
      }
    }
    words += [first, length, Double(2 + 3 * terms), Double(count)]
    var data = Data(count: 2048)
    data.replaceSubrange(0..<8, with: Data("DAF/SPK ".utf8))
    for (offset, value) in [(8, 2), (12, 6), (76, 2), (80, 2)] {
      SPKEditing.set(&data, offset, Int32(value))
    }
    data.replaceSubrange(88..<96, with: Data("LTL-IEEE".utf8))
    SPKEditing.set(&data, 1024 + 16, 1.0)
    SPKEditing.set(&data, 1024 + 24, first)
    SPKEditing.set(&data, 1024 + 32, first + length * Double(count))
    let integers = [body.naifId, 0, 1, 2, 257, 256 + words.count]
    for (index, value) in integers.enumerated() {
      SPKEditing.set(&data, 1024 + 40 + 4 * index, Int32(value))
    }
    words.withUnsafeBytes { data.append(contentsOf: $0) }
    return data
  }
}
