public import Foundation

import Alerts
import Astro

/// Alert packets of a simulated survey: what a broker would get, nothing of the truth in them.
public struct AlertPackets: Sendable {
  /// The schema that packets are written with.
  package static var schemaJSON: String { AlertSchemaText.json }

  private let survey: SimulatedSurvey
  private let seed: UInt64
  private let encoder: AvroEncoder

  /// - Parameters:
  ///   - seed: of the noise in the images.
  public init(_ survey: SimulatedSurvey, seed: UInt64) throws {
    self.survey = survey
    self.seed = seed
    encoder = AvroEncoder(schema: try AvroSchema(json: AlertSchemaText.json))
  }

  /// Writes one Avro object container a visit, `<visit>.avro`, into a folder. Visits without
  /// detections have no file.
  ///
  /// - Returns: number of packets.
  public func write(to folder: URL, jobs: Int) async throws -> Int {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let slices = visitSlices()
    let packets = self
    return try await parallelMap(count: slices.count, chunk: 1, jobs: jobs) { range in
      var count = 0
      for slice in slices[range] {
        let visit = packets.survey.visits[Int(packets.survey.detections[slice.lowerBound].visit)]
        let output = try AtomicOutput(path: folder.appending(path: "\(visit.id).avro").path)
        var container = try ObjectContainerWriter(
          output: output, schema: packets.encoder.schema, codec: .deflate)
        for index in slice {
          try container.append(try packets.encoded(packets.survey.detections[index]))
        }
        try container.finish()
        try output.commit()
        count += slice.count
      }
      return count
    }.reduce(0, +)
  }

  private func visitSlices() -> [Range<Int>] {
    var slices: [Range<Int>] = []
    var start = 0
    let detections = survey.detections
    for index in 0..<detections.count
    where index + 1 == detections.count || detections[index + 1].visit != detections[index].visit {
      slices.append(start..<index + 1)
      start = index + 1
    }
    return slices
  }

  private func encoded(_ detection: SimulatedDetection) throws -> [UInt8] {
    let visit = survey.visits[Int(detection.visit)]
    let stamps = stamps(of: detection, in: visit)
    return try encoder.encode(
      .record(
        AvroRecord([
          "diaSourceId": .long(detection.diaSourceId),
          "diaSource": .record(diaSource(detection, visit)),
          "cutoutDifference": .bytes(stamps.difference),
          "cutoutScience": .bytes(stamps.science),
          "cutoutTemplate": .bytes(stamps.template),
        ])))
  }

  private func diaSource(_ detection: SimulatedDetection, _ visit: Visit) -> AvroRecord {
    let truly = Vector3(
      raRad: detection.trueRaDeg * Angle.degree, decRad: detection.trueDecDeg * Angle.degree)
    let pixel = FieldOfView(visit).pixel(truly)
    let errorPixel = Float(detection.errorDeg * 3600 / Stamp.pixelArcsec)
    var record = AvroRecord([
      "diaSourceId": .long(detection.diaSourceId), "visit": .long(visit.id),
      "detector": .int(Int32(detection.detector)), "midpointMjdTai": .double(visit.midpoint.mjd),
      "ra": .double(detection.raDeg), "raErr": .float(Float(detection.errorDeg)),
      "dec": .double(detection.decDeg), "decErr": .float(Float(detection.errorDeg)),
      "ra_dec_Cov": .float(0), "x": .float(Float(pixel?.x ?? 0)), "xErr": .float(errorPixel),
      "y": .float(Float(pixel?.y ?? 0)), "yErr": .float(errorPixel),
      "isNegative": .boolean(false), "snr": .float(Float(detection.snr)),
      "psfFlux": .float(Float(detection.psfFlux)),
      "psfFluxErr": .float(Float(detection.psfFluxErr)), "psfFlux_flag": .boolean(false),
      "band": .string(visit.band),
      // Alerts leave a minute after the shutter closes.
      "timeProcessedMjdTai": .double(visit.midpoint.mjd + 60 / Constants.secondsPerDay),
    ])
    if detection.trailLengthArcsec > 0 {
      record["trailLength"] = .float(Float(detection.trailLengthArcsec))
      record["trailAngle"] = .float(Float(detection.trailAngleDeg))
    }
    return record
  }

  /// The template is empty sky: the science image is it, the source and its own noise.
  private func stamps(
    of detection: SimulatedDetection, in visit: Visit
  ) -> (difference: [UInt8], science: [UInt8], template: [UInt8]) {
    var random = RandomStream(
      seed: seed, .stamp, UInt64(bitPattern: detection.diaSourceId))
    // The flux error of a point source is the pixels' noise over its effective area of 4πσ² pixels.
    let sigma = visit.seeingArcsec / 2.3548 / Stamp.pixelArcsec
    let noise = detection.psfFluxErr / (4 * .pi).squareRoot() / sigma
    func image(_ flux: Double, _ noise: Double) -> Stamp {
      Stamp(
        flux: flux, seeingArcsec: visit.seeingArcsec, noise: noise,
        trailArcsec: detection.trailLengthArcsec, trailAngleDeg: detection.trailAngleDeg, &random)
    }
    let science = image(detection.psfFlux, noise)
    let template = image(0, noise / 5)
    var difference = science
    for index in difference.pixels.indices { difference.pixels[index] -= template.pixels[index] }
    func fits(_ stamp: Stamp) -> [UInt8] {
      stamp.fits(raDeg: detection.raDeg, decDeg: detection.decDeg)
    }
    return (fits(difference), fits(science), fits(template))
  }
}
