import CFITSIO
import CZlib
import Foundation

/// A stamp's pixels, to be looked at.
struct StampImage {
  let width: Int
  let height: Int
  /// Row by row from the bottom, as FITS has them; not a number where there is none.
  let pixels: [Float]

  /// A stamp is not believed to be larger [pixels].
  private static let largest = 1 << 24

  /// The first image of two axes in a FITS file.
  ///
  /// - Throws: ``AlertsError/malformed(offset:reason:)``.
  init(fits: [UInt8]) throws(AlertsError) {
    var copy = fits
    let found: Result<(axes: [Int], pixels: [Float]), AlertsError> =
      copy.withUnsafeMutableBytes { bytes in
        do throws(AlertsError) {
          return .success(try Self.read(bytes))
        } catch {
          return .failure(error)
        }
      }
    let (axes, pixels) = try found.get()
    width = axes[0]
    height = axes[1]
    self.pixels = pixels
  }

  private static func read(
    _ bytes: UnsafeMutableRawBufferPointer
  ) throws(AlertsError) -> (axes: [Int], pixels: [Float]) {
    var file: UnsafeMutablePointer<fitsfile>?
    var memory = bytes.baseAddress
    var size = bytes.count
    var status: Int32 = 0
    guard ffomem(&file, "stamp", READONLY, &memory, &size, 0, nil, &status) == 0 else {
      throw failure("is no FITS file", status)
    }
    defer {
      var closing: Int32 = 0
      ffclos(file, &closing)
    }
    var count: Int32 = 0
    ffthdu(file, &count, &status)
    for unit in stride(from: Int32(1), through: count, by: 1) where status == 0 {
      var kind: Int32 = 0
      var dimensions: Int32 = 0
      ffmahd(file, unit, &kind, &status)
      guard kind == IMAGE_HDU, ffgidm(file, &dimensions, &status) == 0, dimensions == 2 else {
        continue
      }
      var axes = [0, 0]
      ffgisz(file, 2, &axes, &status)
      guard status == 0, axes[0] > 0, axes[1] > 0, axes[0] <= largest / axes[1] else { break }
      var pixels = [Float](repeating: .nan, count: axes[0] * axes[1])
      var null = Float.nan
      var hasNull: Int32 = 0
      ffgpv(
        file, TFLOAT, 1, LONGLONG(pixels.count), &null, &pixels, &hasNull, &status)
      // CFITSIO takes what is not there for zeros; the last block may be without its padding.
      var (head, data, end) = (LONGLONG(0), LONGLONG(0), LONGLONG(0))
      ffghadll(file, &head, &data, &end, &status)
      guard status == 0 else { break }
      guard end - 2_880 < LONGLONG(bytes.count) else {
        throw .malformed(offset: bytes.count, reason: "ends before its image does")
      }
      return (axes, pixels)
    }
    throw failure("holds no image that can be read", status)
  }

  private static func failure(_ what: String, _ status: Int32) -> AlertsError {
    .malformed(offset: 0, reason: status == 0 ? what : "\(what) (CFITSIO status \(status))")
  }

  /// A grey PNG (ISO 15948), north where FITS has it: the lowest hundredth of the pixels black, the
  /// highest two hundredths white, pixels without a value black.
  func png() throws(AlertsError) -> [UInt8] {
    let sorted = pixels.filter(\.isFinite).sorted()
    let low = sorted.isEmpty ? 0 : sorted[sorted.count / 100]
    let high = sorted.isEmpty ? 0 : sorted[sorted.count - 1 - sorted.count / 50]
    let scale = high > low ? 255 / (high - low) : 0
    var rows: [UInt8] = []
    rows.reserveCapacity((width + 1) * height)
    for row in stride(from: height - 1, through: 0, by: -1) {
      rows.append(0)
      for value in pixels[(row * width)..<((row + 1) * width)] {
        rows.append(value.isFinite ? UInt8(min(255, max(0, ((value - low) * scale).rounded()))) : 0)
      }
    }
    var header = Self.bigEndian(width) + Self.bigEndian(height)
    header += [8, 0, 0, 0, 0]
    // zlib's frame about the raw stream.
    var data: [UInt8] = [0x78, 0x9c]
    data += try Deflate.deflate(rows)
    data += Self.bigEndian(
      Int(rows.withUnsafeBufferPointer { adler32(1, $0.baseAddress, UInt32($0.count)) }))
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + Self.chunk("IHDR", header)
      + Self.chunk("IDAT", data) + Self.chunk("IEND", [])
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + content
    return bigEndian(content.count) + body + bigEndian(Int(Deflate.crc32(body)))
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    Framing.bigEndian(UInt32(truncatingIfNeeded: value))
  }
}

extension AlertStamp {
  /// The image as a grey PNG: the lowest hundredth of the pixels black, the highest two white.
  ///
  /// - Throws: ``AlertsError`` for a stamp that holds no image of two axes.
  public func png() throws(AlertsError) -> [UInt8] {
    do throws(AlertsError) {
      return try StampImage(fits: fits).png()
    } catch {
      throw .file(name, reason: "can't be drawn: \(error)")
    }
  }
}
