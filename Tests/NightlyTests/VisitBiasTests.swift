import Foundation
import Nightly
import Testing

/// Residuals with a known shift, from a linear congruential generator: the same in each run.
@Suite struct VisitBiasTests {
  private struct Noise {
    var state: UInt64 = 42
    mutating func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
    mutating func normal() -> Double {
      (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
    }
  }

  /// Main-belt motions: 25 to 45″ an hour, mostly to the west.
  private func residuals(
    _ count: Int, offset: (Double, Double) = (0, 0), clock: Double = 0, outliers: Int = 0
  ) -> [VisitBias.Residual] {
    var noise = Noise()
    return (0..<count).map { index in
      let speed = (25 + 20 * noise.uniform()) / 3600
      let angle = .pi + 0.8 * (noise.uniform() - 0.5)
      let (east, north) = (speed * cos(angle), speed * sin(angle))
      let far = index < outliers ? 3.0 : 0
      return VisitBias.Residual(
        east: offset.0 + clock * east + 0.1 * noise.normal() + far,
        north: offset.1 + clock * north + 0.1 * noise.normal() - far,
        rateEast: east, rateNorth: north, spread: .init(east: 0.01, north: 0.01))
    }
  }

  @Test func goodVisitsAreGood() {
    for count in [5, 20, 100] {
      let bias = VisitBias(residuals(count, outliers: count / 10))
      #expect(bias.cause == .none)
      // 0.1″ over √n, and 0.1″ over 0.01″/s and √n; four of these.
      #expect(bias.offset < 0.4 * 1.5 / Double(count).squareRoot())
      #expect(abs(bias.clockSeconds) < 40 / Double(count).squareRoot())
    }
  }

  @Test func fewObjectsSayNothing() {
    #expect(VisitBias(residuals(4, offset: (2, 2))).cause == .none)
  }

  @Test func placesThatAreShifted() {
    let bias = VisitBias(residuals(60, offset: (0.7, -0.4), outliers: 6))
    #expect(bias.cause == .offset)
    #expect(abs(bias.offsetRa - 0.7) < 0.06)
    #expect(abs(bias.offsetDec + 0.4) < 0.06)
  }

  /// TAI taken for UTC moves a main-belt object by 0.4″ along its motion.
  @Test(arguments: [37.0, -37, 69.2, 300]) func timesThatAreWrong(seconds: Double) {
    let bias = VisitBias(residuals(60, clock: seconds, outliers: 6))
    #expect(bias.cause == .clock)
    #expect(abs(bias.clockSeconds - seconds) < 6)
    #expect(bias.clockSigma < 3)
  }

  @Test func timesThatRunBack() {
    #expect(ClockOrder(times: (0..<100).map { Double($0) }).descents.isEmpty)
    // An hour back after the visit 60: 60 visits before are as long as 40 after.
    let times = (0..<100).map { Double($0) - ($0 > 60 ? 30 : 0) }
    let order = ClockOrder(times: times)
    #expect(order.descents.map(\.index) == [60])
    #expect(abs((order.descents.first?.days ?? 0) - 29) < 1e-12)
    // Times 32 to 60 come twice: the one at 31 fits before or after.
    #expect(order.outOfOrder.count == 29)
    // One wrong visit is the one that is out of order.
    var one = (0..<100).map { Double($0) }
    one[40] += 7
    #expect(ClockOrder(times: one).outOfOrder == [40])
    // Numbers that don't count time say nothing.
    #expect(ClockOrder(times: (0..<100).map { Double($0 * 37 % 100) }).descents.isEmpty)
  }

  /// Orbits of a few nights: 2″ along the motion, 0.1″ across it.
  /// Many such visits, none of them with a wrong clock: none may be said to have one.
  @Test func shortArcsAreNoWrongClock() {
    var noise = Noise(state: 7)
    var (visits, alarms, wide) = (0, 0, 0)
    for _ in 0..<400 {
      let residuals = (0..<12).map { _ -> VisitBias.Residual in
        let speed = (25 + 20 * noise.uniform()) / 3600
        let angle = .pi + 0.8 * (noise.uniform() - 0.5)
        let (u, v) = (cos(angle), sin(angle))
        let (along, across) = (2 * noise.normal(), 0.1 * noise.normal())
        return VisitBias.Residual(
          east: along * u - across * v, north: along * v + across * u,
          rateEast: speed * u, rateNorth: speed * v,
          spread: .init(
            east: 4 * u * u + 0.01 * v * v, north: 4 * v * v + 0.01 * u * u,
            eastNorth: 3.99 * u * v))
      }
      let bias = VisitBias(residuals)
      visits += 1
      if abs(bias.clockSeconds) > 5 * bias.clockSigma { alarms += 1 }
      if abs(bias.clockSeconds) > 2 * bias.clockSigma { wide += 1 }
    }
    // Of a normal distribution 4.6 % lie beyond two standard deviations; the scale, estimated from
    // twelve pairs, widens the wings: less than three times that, and none of 400 beyond five.
    #expect(visits == 400 && alarms == 0)
    #expect(Double(wide) < 0.14 * 400, "\(wide)")
  }
}
