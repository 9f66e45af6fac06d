import Alerts
import Foundation
import TestSupport
import Testing

/// `tag` on what comes through pipes, which can be read once and has no length.
struct TagPipeTests {
  /// Runs `tag` from within a shell that gives it its input.
  private func tag(
    _ shell: String, _ stream: SimulatedStream, _ input: String, _ output: URL
  ) throws -> ProgramRun {
    try ProgramRun(
      [
        "tag", "--orbits", stream.orbits, "--schemas", stream.schemas, input, "--output",
        output.path,
      ], prefix: ["/bin/bash", "-c", shell])
  }

  @Test("Standard input, a file as such, a named pipe: the bytes that the file gives")
  func pipes() throws {
    let stream = try SimulatedStream()
    defer { stream.remove() }
    let file = stream.folder.appending(path: "in.bin").path
    let fifo = stream.folder.appending(path: "fifo").path
    var bytes: [UInt8] = []
    for message in stream.messages { bytes += try Framing.lengthPrefixed(message.bytes) }
    try Data(bytes).write(to: URL(filePath: file))
    let output = stream.folder.appending(path: "out.bin")
    let plain = try tag("exec \"$0\" \"$@\"", stream, file, output)
    #expect(plain.status == 0, "\(plain.errors)")
    let expected = try Data(contentsOf: output)
    #expect(expected.count > bytes.count)
    let ways = [
      ("cat '\(file)' | \"$0\" \"$@\"", "-"), ("\"$0\" \"$@\" < '\(file)'", "-"),
      ("mkfifo '\(fifo)'; cat '\(file)' > '\(fifo)' & \"$0\" \"$@\"", fifo),
    ]
    for (shell, input) in ways {
      try? FileManager.default.removeItem(at: output)
      let run = try tag(shell, stream, input, output)
      #expect(run.status == 0, "\(shell): \(run.errors)")
      #expect(try Data(contentsOf: output) == expected, "\(shell)")
    }
    let empty = try tag("\"$0\" \"$@\" < /dev/null", stream, "-", output)
    #expect(empty.status == 1 && empty.errors.contains("is empty"), "\(empty.errors)")
    let nowhere = try tag(
      "cat '\(file)' | TMPDIR=/no/such/folder \"$0\" \"$@\"", stream, "-", output)
    #expect(nowhere.status == 1 && nowhere.errors.contains("TMPDIR"), "\(nowhere.errors)")
  }
}
