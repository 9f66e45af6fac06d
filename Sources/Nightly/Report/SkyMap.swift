import Astro
import Foundation

/// The whole sky in Hammer's equal-area projection, equatorial, right ascension to the left.
struct SkyMap {
  let pictures: NightPictures
  /// Right ascension in the middle [deg].
  let centreRa: Double

  private static let width = 1_000.0
  private static let height = 520.0
  /// Half-widths of the ellipse.
  private static let a = 470.0
  private static let b = 235.0

  /// - Parameter pictures: its fields' mean right ascension comes to the middle, by hours.
  init(_ pictures: NightPictures) {
    self.pictures = pictures
    var (x, y) = (0.0, 0.0)
    for field in pictures.fields {
      x += cos(field.ra * Angle.degree)
      y += sin(field.ra * Angle.degree)
    }
    let mean = x == 0 && y == 0 ? 180 : atan2(y, x) / Angle.degree
    centreRa = (mean / 15).rounded() * 15
  }

  private func place(_ ra: Double, _ dec: Double) -> (x: Double, y: Double) {
    let lon = Angle.wrapSigned((ra - centreRa) * Angle.degree)
    let lat = dec * Angle.degree
    let scale = 1 / (1 + cos(lat) * cos(lon / 2)).squareRoot()
    return (
      Self.width / 2 - Self.a * cos(lat) * sin(lon / 2) * scale,
      Self.height / 2 - Self.b * sin(lat) * scale
    )
  }

  var svg: String {
    var text = "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\""
    text += " aria-label=\"sky map\">"
    text += "<ellipse cx=\"500\" cy=\"260\" rx=\"\(Self.a)\" ry=\"\(Self.b)\" fill=\"none\""
    text += " stroke=\"var(--line)\" stroke-width=\"1.5\"/>"
    for dec in stride(from: -60.0, through: 60, by: 30) {
      text += line(
        stride(from: -180, through: 180, by: 3).map { (centreRa + $0, dec) }, "var(--grid)")
      let (x, y) = place(centreRa + 179.9, dec)
      text += "<text x=\"\(BarChart.short(x - 6))\" y=\"\(BarChart.short(y + 4))\""
      text += " text-anchor=\"end\">\(Int(dec))°</text>"
    }
    for hour in 0..<8 {
      let ra = Double(hour) * 45
      text += line(stride(from: -90, through: 90, by: 3).map { (ra, $0) }, "var(--grid)")
    }
    text += ecliptic + fields + points
    for hour in stride(from: 0, to: 24, by: 3) {
      let (x, y) = place(Double(hour) * 15, 0)
      text += "<text x=\"\(BarChart.short(x))\" y=\"\(BarChart.short(y + 13))\""
      text += " text-anchor=\"middle\">\(hour)h</text>"
    }
    return text + "</svg>"
  }

  /// A line through places, broken where it leaves one edge for the other.
  private func line(_ places: [(Double, Double)], _ color: String, dash: Bool = false) -> String {
    var path = ""
    var last: (x: Double, y: Double)?
    for (ra, dec) in places {
      let at = place(ra, dec)
      let isBroken = last.map { abs($0.x - at.x) > 100 } ?? true
      path += "\(isBroken ? "M" : "L")\(BarChart.short(at.x)) \(BarChart.short(at.y))"
      last = at
    }
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"\(color)\""
      + (dash ? " stroke-dasharray=\"5 4\"" : "") + "/>"
  }

  private var ecliptic: String {
    let tilt = 84_381.448 * Angle.arcsecond
    let places = stride(from: 0.0, through: 360, by: 2).map { longitude in
      let lon = longitude * Angle.degree
      let ra = atan2(sin(lon) * cos(tilt), cos(lon)) / Angle.degree
      return (ra, asin(sin(lon) * sin(tilt)) / Angle.degree)
    }
    return line(places, "var(--ecl)", dash: true)
  }

  private var fields: String {
    var text = "<g fill=\"var(--field)\" fill-opacity=\"0.13\">"
    // Equal areas: a circle of the same size everywhere.
    let scale = Self.a / 2.0.squareRoot() / 2 * Angle.degree
    for field in pictures.fields {
      let at = place(field.ra, field.dec)
      let radius = max(1.2, field.radius * scale)
      text += "<circle cx=\"\(BarChart.short(at.x))\" cy=\"\(BarChart.short(at.y))\""
      text += " r=\"\(BarChart.short(radius))\"/>"
    }
    return text + "</g>"
  }

  private var points: String {
    var text = ""
    let looks: [(NightPictures.Kind, Double)] = [(.known, 1.3), (.extended, 2.6), (.new, 3.2)]
    for (kind, radius) in looks {
      text += "<g fill=\"var(--\(kind.rawValue))\">"
      for point in pictures.points where point.kind == kind {
        let at = place(point.ra, point.dec)
        text +=
          "<circle cx=\"\(BarChart.short(at.x))\" cy=\"\(BarChart.short(at.y))\" r=\"\(radius)\"/>"
      }
      text += "</g>"
    }
    return text
  }
}
