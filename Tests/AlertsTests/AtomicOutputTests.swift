import Alerts
import Foundation
import TestSupport
import Testing

struct AtomicOutputTests {
  @Test("What a killed process left in a folder goes, when it is an hour old; nothing else does")
  func remains() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let own = ProcessInfo.processInfo.processIdentifier
    // Linux gives no process such a number (PID_MAX_LIMIT is 2^22).
    let gone = 5_000_000
    let old = [
      ".a.avro.\(gone).part", ".c.avro.\(own).part", ".b.avro.\(gone).part", ".a.avro.x.part",
      "a.avro.\(gone).part",
    ]
    for name in old + [".a.avro.\(gone + 1).part"] {
      try Data("rest".utf8).write(to: folder.appending(path: name))
    }
    for name in old {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -4_000)],
        ofItemAtPath: folder.appending(path: name).path)
    }
    let output = try AtomicOutput(path: folder.appending(path: "a.avro").path)
    try output.write(Array("new".utf8))
    try output.commit()
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(
      left == [
        ".a.avro.\(gone + 1).part", ".a.avro.x.part", ".c.avro.\(own).part", "a.avro",
        "a.avro.\(gone).part",
      ])
    #expect(try Data(contentsOf: folder.appending(path: "a.avro")) == Data("new".utf8))
  }
}
