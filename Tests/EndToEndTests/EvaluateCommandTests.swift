import Foundation
import TestSupport
import Testing

/// `ecliptic evaluate`, as a user runs it.
struct EvaluateCommandTests {
  /// An object with two detections on each of three nights, and a false one.
  private static let files = [
    "detections.csv": """
    diaSourceId,midpointMjdTai
    11,60000.60
    12,60000.62
    13,60002.60
    14,60002.62
    15,60005.60
    16,60005.62
    99,60005.61

    """,
    "truth.csv": "diaSourceId,objId\n11,A\n12,A\n13,A\n14,A\n15,A\n16,A\n99,-1\n",
    "links.csv": "linkId,diaSourceId\n1,11\n1,12\n1,13\n1,14\n1,15\n1,16\n2,99\n2,11\n2,7\n",
  ]

  private func withFiles(_ body: ([String]) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in Self.files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    try body(
      ["detections.csv", "truth.csv", "links.csv"].map { folder.appending(path: $0).path })
  }

  @Test func reportForMachines() throws {
    try withFiles { paths in
      let result = try ProgramRun(["evaluate"] + paths + ["--json"])
      #expect(result.status == 0)
      let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      let report = try #require(object as? [String: Any])
      func number(_ key: String) -> Double? { (report[key] as? NSNumber)?.doubleValue }
      #expect(number("findable") == 1 && number("found") == 1 && number("completeness") == 1)
      #expect(number("linkages") == 2 && number("pure") == 1 && number("purity") == 0.5)
      #expect(number("shared_detections") == 1 && number("unknown_ids") == 1)
      #expect(report["by_class"] as? [String: String] == ["all": "1/1"])
    }
  }

  @Test func faultsEndInTheirExitCodes() throws {
    try withFiles { paths in
      let missing = try ProgramRun(["evaluate", paths[0], paths[1], paths[2] + ".none"])
      #expect(missing.status == 1 && missing.errors.contains("links.csv.none"))
      let swapped = try ProgramRun(["evaluate", paths[1], paths[0], paths[2]])
      #expect(swapped.status == 1 && swapped.errors.contains("midpointMjdTai"))
      let usage = try ProgramRun(["evaluate"] + paths + ["--night-offset", "noon"])
      #expect(usage.status == 2 && usage.errors.contains("noon"))
    }
  }
}
