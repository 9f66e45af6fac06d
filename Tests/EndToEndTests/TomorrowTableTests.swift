import Foundation
import TestSupport
import Testing

/// Tables of predictions that the nightly run makes for the next night.
@Suite struct TomorrowTableTests {
  private func tables(_ scratch: Scratch) throws -> [String] {
    try scratch.names.filter { $0.contains(".night-") }.sorted()
  }

  @Test func tablesAreReadyForTheNextNightAndOldOnesGo() throws {
    let survey = try SmallSurvey()
    try withScratch { scratch in
      let catalog = URL(filePath: scratch.catalog).lastPathComponent
      let first = try scratch.file("first.csv", survey.first)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, first]).status == 0)
      #expect(try nightly(scratch, "2024-05-06").status == 0)
      #expect(try tables(scratch) == ["\(catalog).night-2024-05-07-X05.table"])
      let file = scratch.folder.appending(path: try tables(scratch)[0])
      let made = try Data(contentsOf: file)

      // Predictions for that night come from it: nothing is made for them.
      let predict = try ProgramRun([
        "predict", "--catalog", scratch.catalog, "--ra", "200", "--dec", "-10", "--radius", "60",
        "--time", "2024-05-08T04:00:00", "--observatory", "X05",
      ])
      #expect(predict.status == 0, "\(predict.errors)")
      #expect(predict.output.split(separator: "\n").count > 1)
      #expect(try Data(contentsOf: file) == made)

      // Done again for the same orbits it stays as it is.
      #expect(try nightly(scratch, "2024-05-06", ["--from", "tables"]).status == 0)
      #expect(try Data(contentsOf: file) == made)

      // A run on a copy leaves none, a later night takes its own and yesterday's.
      let second = try scratch.file("second.csv", survey.second)
      #expect(try ProgramRun(["ingest", "--catalog", scratch.catalog, second]).status == 0)
      #expect(try nightly(scratch, "2024-05-10", ["--dry-run"]).status == 0)
      #expect(try tables(scratch).count == 1)
      #expect(try nightly(scratch, "2024-05-10").status == 0)
      #expect(try tables(scratch) == ["\(catalog).night-2024-05-11-X05.table"])
    }
  }
}
