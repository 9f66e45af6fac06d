import Foundation

/// Small images around a detection, as FITS (one primary array of 32-bit floats).
package struct Stamp {
  /// Pixels along each side; the source is in the middle one.
  package static let side = 31
  package static let pixelArcsec = 0.2

  /// nJy a pixel, by rows from below.
  package var pixels: [Float]

  /// - Parameters:
  ///   - flux: of the source, spread by a Gaussian profile [nJy].
  ///   - noise: one standard deviation of a pixel [nJy].
  ///   - trailArcsec: length of the source's path, at the position angle `trailAngleDeg`.
  init(
    flux: Double, seeingArcsec: Double, noise: Double, trailArcsec: Double, trailAngleDeg: Double,
    _ random: inout RandomStream
  ) {
    pixels = Self.profile(
      flux: flux, seeingArcsec: seeingArcsec, trailArcsec: trailArcsec,
      trailAngleDeg: trailAngleDeg
    ).map { Float($0 + noise * random.normal()) }
  }

  /// A source without noise.
  package init(
    flux: Double, seeingArcsec: Double, trailArcsec: Double = 0, trailAngleDeg: Double = 0
  ) {
    pixels = Self.profile(
      flux: flux, seeingArcsec: seeingArcsec, trailArcsec: trailArcsec,
      trailAngleDeg: trailAngleDeg
    ).map(Float.init)
  }

  private static func profile(
    flux: Double, seeingArcsec: Double, trailArcsec: Double, trailAngleDeg: Double
  ) -> [Double] {
    let sigma = seeingArcsec / 2.3548 / pixelArcsec
    let half = trailArcsec / 2 / pixelArcsec
    let angle = trailAngleDeg * .pi / 180
    // Position angles run from north (up) over east (left).
    let (alongX, alongY) = (-sin(angle), cos(angle))
    let steps = max(1, Int(2 * half / sigma) * 2 + 1)
    let middle = Double(side / 2)
    var pixels: [Double] = []
    pixels.reserveCapacity(side * side)
    for row in 0..<side {
      for column in 0..<side {
        var value = 0.0
        for step in 0..<steps {
          let part = steps == 1 ? 0 : (Double(step) / Double(steps - 1) * 2 - 1) * half
          let dx = Double(column) - middle - part * alongX
          let dy = Double(row) - middle - part * alongY
          value += exp(-(dx * dx + dy * dy) / (2 * sigma * sigma))
        }
        pixels.append(flux * value / (2 * .pi * sigma * sigma * Double(steps)))
      }
    }
    return pixels
  }

  /// A FITS file (FITS standard 4.0, section 4) with a tangential world coordinate system.
  package func fits(raDeg: Double, decDeg: Double) -> [UInt8] {
    let scale = Self.pixelArcsec / 3600
    let middle = Double(Self.side / 2 + 1)
    var cards = [
      Self.card("SIMPLE", "T"), Self.card("BITPIX", "-32"), Self.card("NAXIS", "2"),
      Self.card("NAXIS1", "\(Self.side)"), Self.card("NAXIS2", "\(Self.side)"),
      Self.card("BUNIT", "'nJy     '"), Self.card("CTYPE1", "'RA---TAN'"),
      Self.card("CTYPE2", "'DEC--TAN'"), Self.card("CRVAL1", "\(raDeg)"),
      Self.card("CRVAL2", "\(decDeg)"), Self.card("CRPIX1", "\(middle)"),
      Self.card("CRPIX2", "\(middle)"), Self.card("CDELT1", "\(-scale)"),
      Self.card("CDELT2", "\(scale)"),
    ].joined()
    cards += "END"
    var bytes = Array(cards.utf8)
    Self.fill(&bytes, with: UInt8(ascii: " "))
    for pixel in pixels {
      let bits = pixel.bitPattern
      bytes += [
        UInt8(truncatingIfNeeded: bits >> 24), UInt8(truncatingIfNeeded: bits >> 16),
        UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits),
      ]
    }
    Self.fill(&bytes, with: 0)
    return bytes
  }

  /// One header card of 80 characters. Strings stand from column 11, numbers end in column 30.
  private static func card(_ keyword: String, _ value: String) -> String {
    let key = keyword.padding(toLength: 8, withPad: " ", startingAt: 0) + "= "
    let blanks = value.hasPrefix("'") ? 0 : max(0, 20 - value.count)
    return (key + String(repeating: " ", count: blanks) + value)
      .padding(toLength: 80, withPad: " ", startingAt: 0)
  }

  /// Fills up to a whole number of FITS blocks of 2880 bytes.
  private static func fill(_ bytes: inout [UInt8], with byte: UInt8) {
    let rest = bytes.count % 2880
    if rest > 0 { bytes += [UInt8](repeating: byte, count: 2880 - rest) }
  }
}
