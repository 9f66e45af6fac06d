import Alerts
import CFITSIO
import Foundation
import TestSupport
import Testing

/// Alerts' images, opened by CFITSIO.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct StampTests {
  @Test("ZTF and Rubin stamps are images that CFITSIO reads")
  func stamps() throws {
    let ztf = RealAlerts.ztf.appending(path: "1060135832015015002.avro")
    #expect(
      try sizes(ztf)
        == ["cutoutScience", "cutoutTemplate", "cutoutDifference"].map {
          "\($0) 63 x 63"
        })
    let rubin = try sizes(RealAlerts.rubin.appending(path: "170595943577026619.bin"))
    #expect(rubin.count == 3 && rubin.allSatisfy { $0.contains(" x ") })
  }

  @Test("A PNG has the FITS pixels between its black and white, upside down")
  func png() throws {
    let alert = try #require(
      try AlertFile(
        url: RealAlerts.ztf.appending(path: "1060135832015015002.avro"),
        registry: RealAlerts.registry()
      ).alerts().first)
    let stamp = try #require(try AlertStamp.stamps(of: alert).first)
    let image = try stamp.png()
    // ISO 15948: signature, then IHDR with width, height, depth and colour type.
    #expect(image.prefix(16) == [137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82])
    #expect(image[16..<29].elementsEqual([0, 0, 0, 63, 0, 0, 0, 63, 8, 0, 0, 0, 0]))
    #expect(throws: AlertsError.self) {
      try AlertStamp(name: "cutoutScience", fits: Array("SIMPLE  =".utf8)).png()
    }
    #expect(throws: AlertsError.self) {
      try AlertStamp(name: "cutoutScience", fits: Array(stamp.fits.prefix(2_880))).png()
    }
  }

  /// Name and size of each stamp of a file's first alert.
  private func sizes(_ url: URL) throws -> [String] {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let alert = try #require(
      try AlertFile(url: url, registry: RealAlerts.registry()).alerts().first)
    return try AlertStamp.stamps(of: alert).map { stamp in
      let path = folder.appending(path: stamp.name + ".fits").path
      try Data(stamp.fits).write(to: URL(filePath: path))
      var file: UnsafeMutablePointer<fitsfile>?
      var status: Int32 = 0
      ffopen(&file, path, READONLY, &status)
      try #require(status == 0)
      defer { ffclos(file, &status) }
      var axes = [0, 0]
      var count: Int32 = 0
      var bits: Int32 = 0
      ffgipr(file, 2, &bits, &count, &axes, &status)
      #expect(status == 0 && count == 2)
      var pixels = [Float](repeating: 0, count: axes[0] * axes[1])
      var any: Int32 = 0
      ffgpve(file, 1, 1, LONGLONG(pixels.count), 0, &pixels, &any, &status)
      #expect(status == 0 && pixels.contains { $0 != 0 })
      return "\(stamp.name) \(axes[0]) x \(axes[1])"
    }
  }
}
