/// What an alert's earlier detections say, in numbers that one filters by.
struct LightCurve {
  /// u g r i z y.
  static let bandCount = 6
  private static let bandNames: [UInt8] = Array("ugrizy".utf8)

  private var points: [(mjd: Double, magnitude: Double, band: Int)] = []
  private var first = Double.infinity
  private var last = -Double.infinity
  private(set) var count = 0
  var forcedCount = 0
  private var bands: Set<Int> = []

  /// 0…5 of a band's letter.
  static func band(_ name: some Collection<UInt8>) -> Int? {
    guard name.count == 1, let letter = name.first else { return nil }
    return bandNames.firstIndex(of: letter)
  }

  /// Adds an earlier detection.
  ///
  /// - Parameter magnitude: nil for a negative flux.
  mutating func add(mjd: Double, magnitude: Double?, band: Int?) {
    count += 1
    first = min(first, mjd)
    last = max(last, mjd)
    guard let band else { return }
    bands.insert(band)
    if let magnitude { points.append((mjd, magnitude, band)) }
  }

  mutating func removeAll() {
    points.removeAll(keepingCapacity: true)
    (first, last, count, forcedCount) = (.infinity, -.infinity, 0, 0)
    bands.removeAll(keepingCapacity: true)
  }

  /// Writes the columns `history_…` and `color_…`.
  ///
  /// - Parameters:
  ///   - now: time of the detection that the alert is about, on the same scale as the others.
  ///   - toTai: days to add to get TAI.
  mutating func write(
    to rows: inout VisitRows, _ columns: LightCurveColumns, now: Double, magnitude: Double?,
    band: Int?, toTai: Double
  ) {
    rows.set(columns.count, integer: Int64(count))
    rows.set(columns.forcedCount, integer: Int64(forcedCount))
    if count > 0 {
      rows.set(columns.firstMjdTai, real: first + toTai)
      rows.set(columns.lastMjdTai, real: last + toTai)
      rows.set(columns.days, real: now - first)
      rows.set(columns.hoursSinceLast, real: (now - last) * 24)
    }
    // The one before in the band, without this one.
    if let band, let magnitude {
      let before = points.lazy.filter { $0.band == band && $0.mjd < now }.max { $0.mjd < $1.mjd }
      rows.set(columns.change, real: before.map { magnitude - $0.magnitude })
      points.append((now, magnitude, band))
    }
    if let band { bands.insert(band) }
    rows.set(columns.bands, integer: Int64(bands.count))
    if let band { writeBand(band, to: &rows, columns) }
    writeColors(to: &rows, columns)
  }

  private func writeBand(_ band: Int, to rows: inout VisitRows, _ columns: LightCurveColumns) {
    var (count, sum, time) = (0.0, 0.0, 0.0)
    var (brightest, faintest) = (Double.infinity, -Double.infinity)
    for point in points where point.band == band {
      count += 1
      sum += point.magnitude
      time += point.mjd
      brightest = min(brightest, point.magnitude)
      faintest = max(faintest, point.magnitude)
    }
    guard count > 0 else { return }
    rows.set(columns.magnitudeMin, real: brightest)
    rows.set(columns.magnitudeMax, real: faintest)
    rows.set(columns.magnitudeMean, real: sum / count)
    guard count > 1 else { return }
    rows.set(columns.amplitude, real: faintest - brightest)
    var (tt, tm) = (0.0, 0.0)
    for point in points where point.band == band {
      let dt = point.mjd - time / count
      tt += dt * dt
      tm += dt * (point.magnitude - sum / count)
    }
    // A line through detections of one moment has no slope.
    if tt > 1e-8 { rows.set(columns.slope, real: tm / tt) }
  }

  private func writeColors(to rows: inout VisitRows, _ columns: LightCurveColumns) {
    var sums = InlineArray<6, Double>(repeating: 0)
    var counts = InlineArray<6, Double>(repeating: 0)
    for point in points {
      sums[point.band] += point.magnitude
      counts[point.band] += 1
    }
    for blue in 0..<(Self.bandCount - 1) where counts[blue] > 0 && counts[blue + 1] > 0 {
      rows.set(
        columns.firstColor + blue,
        real: sums[blue] / counts[blue] - sums[blue + 1] / counts[blue + 1])
    }
  }
}

/// Where a light curve's numbers go.
struct LightCurveColumns: Sendable {
  let count = OwnColumns.index("history_count")
  let forcedCount = OwnColumns.index("history_forcedCount")
  let firstMjdTai = OwnColumns.index("history_firstMjdTai")
  let lastMjdTai = OwnColumns.index("history_lastMjdTai")
  let days = OwnColumns.index("history_days")
  let hoursSinceLast = OwnColumns.index("history_hoursSinceLast")
  let bands = OwnColumns.index("history_bands")
  let magnitudeMin = OwnColumns.index("history_magnitudeMin")
  let magnitudeMax = OwnColumns.index("history_magnitudeMax")
  let magnitudeMean = OwnColumns.index("history_magnitudeMean")
  let amplitude = OwnColumns.index("history_amplitude")
  let slope = OwnColumns.index("history_slope")
  let change = OwnColumns.index("history_change")
  let firstColor = OwnColumns.index("color_ug")
}
