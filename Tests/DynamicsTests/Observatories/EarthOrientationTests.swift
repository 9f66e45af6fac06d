import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

@Suite struct EarthOrientationTests {
  let orientation: EarthOrientation

  init() throws {
    orientation = try SolarSystem.load(folder: TestPaths.ephemerides).earthOrientation
  }

  /// Authority: IERS Bulletin B values at 0h UTC as they stand in EOP 20 C04: UT1-UTC 2017-01-01
  /// 0.591 s after the leap second and -0.409 s the day before; x 0.0743″, y 0.2752″ on 2017-01-01.
  @Test func valuesAtALeapSecond() {
    let before = orientation.values(at: Epoch<TAI>(mjdDay: 57753, fraction: 36 / 86_400.0))
    let after = orientation.values(at: Epoch<TAI>(mjdDay: 57754, fraction: 37 / 86_400.0))
    #expect(abs(before.ut1MinusTai - (-0.409 - 36)) < 0.002)
    #expect(abs(after.ut1MinusTai - (0.591 - 37)) < 0.002)
    // No jump in between: UT1 - TAI is continuous.
    #expect(abs(after.ut1MinusTai - before.ut1MinusTai) < 0.003)
  }

  @Test func timesThatMakeNoSenseDoNotCrash() {
    #expect(orientation.ut1(Epoch(mjd: .nan)).mjd.isNaN)
    #expect(orientation.values(at: Epoch(mjd: 1e25)).ut1MinusTai.isFinite)
    #expect(!orientation.covers(Epoch(mjd: .nan)))
  }

  @Test func matrixIsARotation() {
    let matrix = orientation.celestialToTerrestrial(at: Epoch<TAI>(mjd: 61000.7))
    let product = matrix * matrix.transpose
    for (row, axis) in [
      (product.row0, Vector3(1, 0, 0)), (product.row1, Vector3(0, 1, 0)),
      (product.row2, Vector3(0, 0, 1)),
    ] {
      #expect((row - axis).norm < 1e-14)
    }
  }

  @Test func beyondTheTableValuesAreHeldAndSaidSo() {
    let last = Epoch<TAI>(mjd: orientation.lastMjdUtc)
    let later = last.adding(days: 4000)
    #expect(orientation.covers(last) && !orientation.covers(later))
    #expect(orientation.values(at: later).ut1MinusTai == orientation.values(at: last).ut1MinusTai)
    #expect(orientation.lastMeasuredMjdUtc < orientation.lastMjdUtc)
  }

  /// Before the table UT1 is UTC: at 1980-01-01 TAI - UTC was 19 s.
  @Test func beforeTheTableUT1IsUTC() {
    let early = Epoch<TAI>(mjdDay: 44239, fraction: 0.5)
    #expect(!orientation.covers(early))
    #expect(abs(orientation.values(at: early).ut1MinusTai + 19) < 1e-6)
    #expect(orientation.values(at: early).poleX == 0)
  }

  @Test(arguments: [
    "", "60000 0.1 0.1 0.1\n", "60000 9.1 0.1 0.1 I\n",
    "60000 0.1 0.1 0.1 I\n60002 0.1 0.1 0.1 I\n",
    "60000 nan 0.1 0.1 I\n", "x 0.1 0.1 0.1 I\n",
  ])
  func badTables(text: String) {
    #expect(throws: DynamicsError.self) {
      try EarthOrientation(parsing: text, file: "eop.txt", leapSeconds: .erfa)
    }
  }
}
