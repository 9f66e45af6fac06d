import Astro
import Foundation
import Simulation
import TestSupport
import Testing

struct VisitTests {
  /// Dates and Modified Julian Days as in the Astronomical Almanac and the IERS bulletins.
  @Test(
    arguments: [
      (51_544, "2000-01-01"), (60_000, "2023-02-25"), (60_427, "2024-04-27"),
      (60_369, "2024-02-29"), (61_366, "2026-11-22"), (40_587, "1970-01-01"),
    ])
  func nightsAreNamedByTheirEvening(mjd: Int, date: String) {
    #expect(SurveyNight(mjd: mjd).description == date)
    #expect(SurveyNight(date)?.mjd == mjd)
  }

  /// At Rubin (70.75° W) local noon is at 16:43 UT: the night of the 27th lasts until then on the 28th.
  @Test func nightsRunFromNoonToNoon() {
    let longitude = 289.251
    func night(_ mjd: Double) -> String {
      SurveyNight(of: Epoch<TAI>(mjd: mjd), longitudeDeg: longitude).description
    }
    #expect(night(60_427.70) == "2024-04-27")
    #expect(night(60_428.20) == "2024-04-27")
    #expect(night(60_428.69) == "2024-04-27")
    #expect(night(60_428.70) == "2024-04-28")
  }

  @Test(arguments: [
    "2024-02-30", "2024-13-01", "24-01-01", "2024-1-1", "", "2024-01", "abcd-ef-gh",
  ])
  func noOtherTextIsANight(text: String) { #expect(SurveyNight(text) == nil) }

  private static let header =
    "visit,midpointMjdTai,ra,dec,rotation,band,fiveSigmaDepth,seeing,exposureTime"

  private func read(_ text: String) throws -> [Visit] {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "visits.csv")
    try Data(text.utf8).write(to: file)
    return try VisitFile.read(file)
  }

  @Test func columnsMayComeInAnyOrderAndSomeMayBeMissing() throws {
    let visits = try read(
      "band,visit,extra,dec,ra,midpointMjdTai,fiveSigmaDepth\r\nr,12,x,-20.5,359.25,60427.5,24.1\r\n"
    )
    let visit = try #require(visits.first)
    #expect(visits.count == 1)
    #expect(visit.id == 12 && visit.band == "r" && visit.raDeg == 359.25 && visit.decDeg == -20.5)
    #expect(visit.midpoint == Epoch(mjd: 60_427.5) && visit.fiveSigmaDepth == 24.1)
    #expect(visit.seeingArcsec == 0.8 && visit.exposureSeconds == 30)
  }

  @Test(
    arguments: [
      ("", "empty"),
      ("visit,ra,dec\n1,2,3\n", "midpointMjdTai"),
      (header + "\n1,60000,10,10,0,r,24\n", ":2: row"),
      (header + "\n1,60000,10,10,0,r,24,0.8,30\n2,60000,nan,10,0,r,24,0.8,30\n", ":3: ra"),
      (header + "\n1,60000,10,91,0,r,24,0.8,30\n", ":2: dec"),
      (header + "\n1,60000,10,9,0,w,24,0.8,30\n", ":2: band"),
      (header + "\n-1,60000,10,9,0,r,24,0.8,30\n", ":2: visit"),
      (header + "\n1,60000,10,9,0,r,24,0.8,30\n1,60000,10,9,0,r,24,0.8,30\n", ":3: visit"),
    ])
  func badFilesAreRefusedWithThePlace(text: String, expected: String) {
    let error = #expect(throws: SimulationError.self) { try read(text) }
    #expect(
      error?.description.contains(expected) == true, "\(error.map(String.init(describing:)) ?? "")")
  }

  @Test func missingFileIsAnError() {
    #expect(throws: SimulationError.self) {
      try VisitFile.read(URL(filePath: "/nonexistent/visits.csv"))
    }
  }
}
