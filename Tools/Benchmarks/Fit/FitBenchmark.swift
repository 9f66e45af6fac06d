// The linker's two-body fits: six directions on three nights of ten days, from a start as the linker has
// it (range and velocity off by a few per cent), and without a start; one core, then all of them.
//
// Run by Tools/bench/fit.

import Astro
import Astrometry
import Dynamics
import Foundation
import OrbitFit

@main struct FitBenchmark {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
    let count = arguments.first ?? 20_000
    let jobs = arguments.dropFirst().first ?? ProcessInfo.processInfo.activeProcessorCount
    let sky = try SimulatedArcs(count: count)
    for start in [true, false] {
      let one = try await measure(sky, jobs: 1, start: start)
      let all = try await measure(sky, jobs: jobs, start: start)
      let title = start ? "two-body, start given" : "two-body, start found"
      let rate = Double(sky.count) / one.cpu
      print(
        "\(title): \(Int(rate)) fits a second of CPU time, "
          + "\(percent(one.converged, sky.count)) converged, \(percent(one.near, sky.count)) "
          + "with the truth in the 99.99 % ellipsoid")
      let scaling = one.wall / all.wall / Double(jobs)
      print(
        "  \(jobs) jobs: \(Int(Double(sky.count) / all.wall)) a second, scaling "
          + String(format: "%.2f, CPU seconds %.3f against %.3f", scaling, all.cpu, one.cpu)
          + (all.sum == one.sum ? ", same results" : ", OTHER RESULTS"))
    }
  }

  struct Measured: Sendable {
    var wall = 0.0
    var cpu = 0.0
    var converged = 0
    var near = 0
    /// Of all states' bits.
    var sum: UInt64 = 0
  }

  static func measure(_ sky: SimulatedArcs, jobs: Int, start: Bool) async throws -> Measured {
    let (clock, cpu) = (ContinuousClock.now, cpuSeconds())
    let parts = try await parallelMap(count: sky.count, chunk: max(1, sky.count / 256), jobs: jobs)
    {
      range in
      var fitter = ArcFitter(options: .linking)
      var part = Measured()
      for k in range {
        let members = sky.members(k)
        let fit =
          start
          ? fitter.fit(sky.sights, members: members.span, start: sky.starts[k])
          : fitter.fit(sky.sights, members: members.span)
        if fit.converged { part.converged += 1 }
        part.near += sky.isNear(fit, k) ? 1 : 0
        part.sum &+= fit.orbit.state.position.x.bitPattern
      }
      return part
    }
    var total = Measured()
    for part in parts {
      total.converged += part.converged
      total.near += part.near
      total.sum &+= part.sum
    }
    total.wall = (ContinuousClock.now - clock) / .seconds(1)
    total.cpu = cpuSeconds() - cpu
    return total
  }

  static func percent(_ part: Int, _ whole: Int) -> String {
    String(format: "%.2f %%", 100 * Double(part) / Double(whole))
  }

  static func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
