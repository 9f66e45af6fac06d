import Foundation

/// Columns side by side, each of stacked or overlaid series, as SVG.
struct BarChart {
  struct Column {
    var label: String
    var title: String
    var values: [Double]
  }

  var columns: [Column]
  /// CSS colours of the series.
  var colors: [String]
  /// Series stand on each other; else the later ones are drawn over the first.
  var isStacked = true
  var width = 520.0
  var height = 210.0
  /// What the values are.
  var unit = ""
  /// At most so many labels along the axis.
  var mostLabels = 12

  private static let left = 46.0
  private static let bottom = 24.0
  private static let top = 24.0

  var svg: String {
    let sums = columns.map { isStacked ? $0.values.reduce(0, +) : ($0.values.max() ?? 0) }
    let ticks = Self.ticks(to: max(sums.max() ?? 0, 1e-9))
    let limit = ticks.last ?? 1
    let plot = (width: width - Self.left - 6, height: height - Self.bottom - Self.top)
    func y(_ value: Double) -> Double { Self.top + plot.height * (1 - value / limit) }
    var text = "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\">"
    for tick in ticks {
      let at = Self.short(y(tick))
      text += "<line x1=\"\(Self.left)\" x2=\"\(width - 6)\" y1=\"\(at)\" y2=\"\(at)\""
      text += " stroke=\"var(--grid)\"/><text x=\"\(Self.left - 6)\" y=\"\(at)\" dy=\"4\""
      text += " text-anchor=\"end\">\(Self.number(tick))</text>"
    }
    let step = plot.width / Double(max(1, columns.count))
    let every = max(1, (columns.count + mostLabels - 1) / mostLabels)
    for (index, column) in columns.enumerated() {
      let x = Self.left + step * Double(index)
      text += "<g><title>\(column.title.html)</title>"
      text += bars(column, x: x + 0.1 * step, width: max(0.8, 0.8 * step), y: y)
      text += "</g>"
      if index % every == 0 {
        text += "<text x=\"\(Self.short(x + 0.5 * step))\" y=\"\(height - 8)\""
        text += " text-anchor=\"middle\">\(column.label.html)</text>"
      }
    }
    text += "<text x=\"2\" y=\"11\">\(unit.html)</text></svg>"
    return text
  }

  private func bars(
    _ column: Column, x: Double, width: Double, y: (Double) -> Double
  ) -> String {
    var text = ""
    var base = 0.0
    for (value, color) in zip(column.values, colors) where value > 0 {
      let from = isStacked ? base : 0
      let (top, bottom) = (y(from + value), y(from))
      text += "<rect x=\"\(Self.short(x))\" y=\"\(Self.short(top))\" width=\"\(Self.short(width))\""
      text += " height=\"\(Self.short(max(0.6, bottom - top)))\" fill=\"\(color)\" rx=\"1\"/>"
      base += value
    }
    return text
  }

  /// Round numbers from zero to one that is not below the largest value.
  static func ticks(to largest: Double) -> [Double] {
    let rough = largest / 4
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? rough
    let count = Int((largest / step - 1e-9).rounded(.up))
    return (0...max(1, count)).map { Double($0) * step }
  }

  static func number(_ value: Double) -> String {
    switch abs(value) {
    case 1_000_000...: trimmed(value / 1_000_000) + "M"
    case 10_000...: trimmed(value / 1_000) + "k"
    default: trimmed(value)
    }
  }

  private static func trimmed(_ value: Double) -> String {
    let text = String(format: "%.3f", value)
    guard text.contains(".") else { return text }
    var end = text.endIndex
    while text[text.index(before: end)] == "0" { end = text.index(before: end) }
    if text[text.index(before: end)] == "." { end = text.index(before: end) }
    return String(text[..<end])
  }

  static func short(_ value: Double) -> String { String(format: "%.1f", value) }
}
