import Astro
import Astrometry
import Dynamics

/// Writes observations: ADES 2022 PSV and XML with residuals, or MPC 80-column lines.
///
/// Observations of one observatory that follow each other make one block of ADES.
public struct ObservationWriter {
  private let format: ObservationFormat
  private let header: ADESHeader
  private var observatory: String?
  private var lossCounter = LossCounter()
  /// Observations that were written.
  public private(set) var count = 0

  public var losses: [String] { lossCounter.messages }

  init(format: ObservationFormat, header: ADESHeader) {
    self.format = format
    self.header = header
  }

  public func begin(into out: inout [UInt8]) {
    switch format {
    case .adesPSV: out += "# version=2022\n".utf8
    case .adesXML:
      out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ades version=\"2022\">\n".utf8
    case .obs80: break
    }
  }

  public mutating func write(_ records: [ObservationRecord], into out: inout [UInt8]) {
    for record in records {
      switch format {
      case .adesPSV: addPSV(record, to: &out)
      case .adesXML: addXML(record, to: &out)
      case .obs80:
        if Obs80Writer.add(record, to: &out, &lossCounter) { count += 1 }
      }
    }
  }

  /// Radar measurements, as blocks of their own; 80 columns of ours have none.
  public mutating func write(_ records: [RadarRecord], into out: inout [UInt8]) {
    for record in records {
      let fields = ADESRadarFields(record)
      let receiver = record.measurement.receiver.description
      switch format {
      case .obs80:
        lossCounter.add("radar measurements left out: they are written as ADES")
        continue
      case .adesPSV:
        if observatory != "radar " + receiver {
          out += header.psv(observatory: receiver).utf8
          out += ADESRadarFields.names.joined(separator: "|").utf8
          out.append(0x0A)
        }
        out += fields.values.map { $0 ?? "" }.joined(separator: "|").utf8
        out.append(0x0A)
      case .adesXML:
        if observatory != "radar " + receiver { openBlock(receiver, &out) }
        out += "<radar>".utf8
        for (name, value) in zip(ADESRadarFields.names, fields.values) {
          if let value { out += "<\(name)>\(XMLText.escaped(value))</\(name)>".utf8 }
        }
        out += "</radar>\n".utf8
      }
      observatory = "radar " + receiver
      count += 1
    }
  }

  private func openBlock(_ code: String, _ out: inout [UInt8]) {
    if observatory != nil { out += "</obsData>\n</obsBlock>\n".utf8 }
    out += "<obsBlock>\n\(header.xml(observatory: code))<obsData>\n".utf8
  }

  public mutating func end(into out: inout [UInt8]) {
    guard format == .adesXML else { return }
    if observatory != nil { out += "</obsData>\n</obsBlock>\n".utf8 }
    out += "</ades>\n".utf8
  }

  private mutating func addPSV(_ record: ObservationRecord, to out: inout [UInt8]) {
    let fields = ADESFields(record, header, &lossCounter)
    let code = record.detection.observatory.description
    if code != observatory {
      out += header.psv(observatory: code).utf8
      out += (ADESFields.names + ADESFields.residualNames).joined(separator: "|").utf8
      out.append(0x0A)
      observatory = code
    }
    let residuals = fields.residuals ?? ADESFields.residualNames.map { _ in "" }
    out += (fields.values.map { $0 ?? "" } + residuals).joined(separator: "|").utf8
    out.append(0x0A)
    count += 1
  }

  private mutating func addXML(_ record: ObservationRecord, to out: inout [UInt8]) {
    let fields = ADESFields(record, header, &lossCounter)
    let code = record.detection.observatory.description
    if code != observatory {
      openBlock(code, &out)
      observatory = code
    }
    out += "<optical>".utf8
    for (name, value) in zip(ADESFields.names, fields.values) {
      if let value { out += "<\(name)>\(XMLText.escaped(value))</\(name)>".utf8 }
    }
    if let residuals = fields.residuals {
      for (name, value) in zip(ADESFields.residualNames, residuals) {
        out += "<\(name)>\(XMLText.escaped(value))</\(name)>".utf8
      }
    }
    out += "</optical>\n".utf8
    count += 1
  }
}
