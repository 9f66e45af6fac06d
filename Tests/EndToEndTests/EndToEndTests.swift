import Foundation
import TestSupport
import Testing

@Test func programIsBuilt() {
  #expect(FileManager.default.isExecutableFile(atPath: TestPaths.program.path))
}
