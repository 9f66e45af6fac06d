import Alerts
import Astro
import Astrometry
import Dynamics

/// Reads one packet after the other into rows; keeps its memory from one to the next.
struct PacketRowReader {
  private var curve = LightCurve()
  private var slots: [AvroSlot] = []

  mutating func read(
    _ view: AlertView, _ plan: PacketPlan, _ alert: TaggedAlert, into rows: inout VisitRows
  ) {
    for (index, column) in plan.columns.enumerated() where column >= 0 {
      let slot = view.slots[index]
      if let octets = slot.octets {
        rows.set(column, text: view.bytes[octets])
      } else if slot.isFloating {
        rows.set(column, real: slot.double)
      } else if let integer = slot.integer {
        rows.set(column, integer: integer)
      }
    }
    let detection = alert.packet.detection
    fillCommon(plan.survey, detection, &rows)
    TagColumns.write(alert, to: &rows)
    readHistory(view, plan, detection, &rows)
  }

  private func fillCommon(
    _ survey: AlertSchema.Survey, _ detection: Detection, _ rows: inout VisitRows
  ) {
    let columns = OwnColumns.shared
    rows.set(columns.survey, text: (survey == .lsst ? "lsst" : "ztf").utf8)
    rows.set(columns.observatory, text: detection.observatory.description.utf8)
    rows.set(columns.magnitude, real: detection.mag)
    rows.set(columns.magnitudeErr, real: detection.magErr)
    guard survey == .ztf else { return }
    // What both surveys have stands under LSST's name.
    rows.set(columns.diaSourceId, integer: detection.diaSourceId)
    rows.set(columns.midpointMjdTai, real: detection.midpoint.mjd)
    rows.set(columns.ra, real: detection.raDeg)
    rows.set(columns.dec, real: detection.decDeg)
    if let band = detection.band { rows.set(columns.band, text: band.utf8) }
  }

  private mutating func readHistory(
    _ view: AlertView, _ plan: PacketPlan, _ detection: Detection, _ rows: inout VisitRows
  ) {
    var slots: [AvroSlot] = []
    swap(&slots, &self.slots)
    curve.removeAll()
    let isLSST = plan.survey == .lsst
    // A history that can't be read is that of a packet that the walk refused before.
    if let items = plan.history, let slot = plan.historySlot {
      try? items.forEach(in: view.bytes, view.slots[slot], slots: &slots) { item in
        isLSST ? addLSST(item, view.bytes) : addZTF(item, view.bytes)
      }
    }
    if let items = plan.forced, let slot = plan.forcedSlot {
      try? items.forEach(in: view.bytes, view.slots[slot], slots: &slots) { _ in
        curve.forcedCount += 1
      }
    }
    swap(&slots, &self.slots)
    // ZTF's history is in UTC at the starts of exposures; hours and days are differences.
    let toTai = isLSST ? 0 : 37.0 / 86_400
    curve.write(
      to: &rows, OwnColumns.shared.curve, now: detection.midpoint.mjd - toTai,
      magnitude: detection.mag, band: detection.band.flatMap { LightCurve.band($0.utf8) },
      toTai: toTai)
  }

  private mutating func addLSST(_ item: [AvroSlot], _ bytes: UnsafeRawBufferPointer) {
    guard let mjd = item[0].double, mjd.isFinite else { return }
    curve.add(
      mjd: mjd,
      magnitude: item[1].double.flatMap { $0.isFinite ? Detection.magnitude(fluxNJy: $0) : nil },
      band: item[2].octets.flatMap { LightCurve.band(bytes[$0]) })
  }

  private mutating func addZTF(_ item: [AvroSlot], _ bytes: UnsafeRawBufferPointer) {
    // Without a magnitude it is an upper limit, not a detection.
    guard let jd = item[0].double, jd.isFinite, let magnitude = item[1].double,
      magnitude.isFinite
    else { return }
    let sign = item[3].octets.flatMap { bytes[$0].first }
    let isNegative = sign == UInt8(ascii: "f") || sign == UInt8(ascii: "0")
    curve.add(
      mjd: jd - 2_400_000.5, magnitude: isNegative ? nil : magnitude,
      band: item[2].integer.flatMap { (1...3).contains($0) ? Int($0) : nil })
  }
}
