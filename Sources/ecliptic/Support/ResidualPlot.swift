import Astro
import Astrometry
import Foundation
import OrbitFit

/// Residuals of one arc over time as SVG: RA × cos(dec), dec, and where there is radar delay and
/// Doppler shift below each other; what was rejected is a cross.
struct ResidualPlot {
  private static let width = 900.0
  private static let panelHeight = 220.0
  private static let margin = 60.0

  let arc: ObservedArc
  let fit: FitResult

  /// A name for the file that no designation can break out of the folder with.
  static func fileName(_ designation: String) -> String {
    let safe = designation.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" }
    let name = String(safe)
    return (name.hasPrefix(".") ? "_" + name : name) + ".svg"
  }

  var svg: String {
    let panels = panels
    let times = panels.flatMap(\.points).map(\.mjd)
    let low = times.min() ?? 0
    let high = max(times.max() ?? 1, low + 0.01)
    let height =
      Double(panels.count) * (ResidualPlot.panelHeight + ResidualPlot.margin)
      + ResidualPlot.margin
    var text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(ResidualPlot.width) \(height)" \
      font-family="sans-serif" font-size="13">
      <rect width="100%" height="100%" fill="white"/>
      <text x="\(ResidualPlot.margin)" y="28" font-size="16">\(escaped(title))</text>

      """
    for (index, panel) in panels.enumerated() {
      let top =
        ResidualPlot.margin + Double(index) * (ResidualPlot.panelHeight + ResidualPlot.margin)
      text += draw(panel, low, high, top)
    }
    return text + "</svg>\n"
  }

  private struct Panel {
    var name: String
    var unit: String
    var points: [(mjd: Double, value: Double, used: Bool)]
  }

  private var panels: [Panel] {
    let times = arc.observations.map(\.epoch.mjd)
    func direction(_ name: String, _ values: [Double]) -> Panel {
      Panel(
        name: name, unit: "arcsec",
        points: times.indices.map { (times[$0], values[$0], fit.used[$0]) })
    }
    func radar(
      _ name: String, _ quantity: RadarMeasurement.Quantity, _ unit: String, _ scale: Double
    )
      -> Panel
    {
      Panel(
        name: name, unit: unit,
        points: zip(arc.radar, fit.radar).filter { $0.1.quantity == quantity }
          .map { ($0.0.epoch.mjd, $0.1.value * scale, $0.1.used) })
    }
    return [
      direction("RA cos(dec)", fit.residualsRaArcsec), direction("dec", fit.residualsDecArcsec),
      radar("radar delay", .delay, "microseconds", 1e6), radar("radar Doppler", .doppler, "Hz", 1),
    ].filter { !$0.points.isEmpty }
  }

  private var title: String {
    let used = fit.used.count { $0 } + fit.radar.count { $0.used }
    let rms = fit.rmsArcsec.formatted(.number.precision(.significantDigits(3)))
    return
      "\(arc.designation): \(used) of \(fit.used.count + fit.radar.count) observations, rms \(rms)\""
  }

  private func draw(_ panel: Panel, _ low: Double, _ high: Double, _ top: Double) -> String {
    let sizes = panel.points.map { abs($0.value) }.sorted()
    // The few that are far off stand at the edge.
    let typical = sizes.isEmpty ? 1 : sizes[sizes.count * 9 / 10]
    let range = max(1.5 * typical, 1e-6)
    let plotWidth = ResidualPlot.width - 2 * ResidualPlot.margin
    func x(_ t: Double) -> Double { ResidualPlot.margin + (t - low) / (high - low) * plotWidth }
    func y(_ v: Double) -> Double {
      top + ResidualPlot.panelHeight * 0.5 * (1 - min(max(v / range, -1), 1))
    }
    func f(_ v: Double) -> String { String(format: "%.1f", v) }
    var text = """
      <rect x="\(ResidualPlot.margin)" y="\(top)" width="\(plotWidth)" \
      height="\(ResidualPlot.panelHeight)" fill="none" stroke="#888"/>
      <line x1="\(ResidualPlot.margin)" x2="\(f(x(high)))" y1="\(f(y(0)))" y2="\(f(y(0)))" \
      stroke="#bbb"/>
      <text x="\(ResidualPlot.margin)" y="\(f(top - 8))">\(panel.name), O-C, full scale \
      \(String(format: "%.3g", range)) \(panel.unit); MJD \(String(format: "%.2f", low)) to \
      \(String(format: "%.2f", high)) TDB</text>

      """
    for point in panel.points where point.value.isFinite {
      let (px, py) = (x(point.mjd), y(point.value))
      text +=
        point.used
        ? "<circle cx=\"\(f(px))\" cy=\"\(f(py))\" r=\"3\" fill=\"#1f5fa8\"/>\n"
        : "<path d=\"M\(f(px - 4)) \(f(py - 4))l8 8m0 -8l-8 8\" stroke=\"#c0392b\"/>\n"
    }
    return text
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
