import Nightly
import Testing

struct InjectionReportTests {
  /// The score intervals that Newcombe prints for these counts (1998, Statistics in Medicine 17, 857,
  /// table I), to their four digits.
  @Test(arguments: [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
    (1, 29, 0.0061, 0.1718),
  ])
  func fewObjectsTellLittle(found: Int, linkable: Int, low: Double, high: Double) throws {
    var line = InjectionReport.Line(name: "all")
    #expect(line.completenessRange == nil)
    line.found = found
    line.linkable = linkable
    let range = try #require(line.completenessRange)
    #expect(abs(range.lowerBound - low) < 6e-5 && abs(range.upperBound - high) < 6e-5)
  }
}
