import Astro
import Astrometry
import Dynamics
import Exchange
import Linking
import Nightly

/// What `link` writes beside the links.
struct LinkOutputs {
  let result: LinkingResult
  /// Parallel to what was linked.
  let detections: [Detection]
  let observations: [AstrometricObservation]

  /// One row a member of each linkage.
  func writeLinks(to path: String) throws {
    try OutputFile.write(to: path) { out in
      try out.write(LinksCSV.header(detections: detections))
      for (index, linkage) in result.linkages.enumerated() {
        try out.write(
          LinksCSV.lines(linkId: index + 1, members: linkage.members, detections: detections))
      }
    }
  }

  /// The orbits as `fit` writes them, each named by its linkId.
  func writeOrbits(to path: String) throws {
    try OutputFile.write(to: path) { out in
      try out.write(OrbitCSV.header)
      for (index, linkage) in result.linkages.enumerated() {
        let arc = ObservedArc(
          designation: String(index + 1),
          observations: linkage.members.map { observations[$0] },
          magnitudes: linkage.members.map { member in
            let detection = detections[member]
            return detection.mag.flatMap { mag in BandColor.toV(detection.band).map { mag + $0 } }
          })
        if let orbit = arc.catalogOrbit(linkage.fit) { try out.write(OrbitCSV.line(orbit)) }
      }
    }
  }

  /// One row a member of each alternative: its number, the linkage that has most of its detections,
  /// both scores, and the detection.
  func writeAlternatives(to path: String) throws {
    try OutputFile.write(to: path) { out in
      let names = LinksCSV.header(detections: detections).dropFirst("linkId,".count)
      try out.write("alternativeId,linkId,score,linkScore,\(names)")
      for (index, alternative) in result.alternatives.enumerated() {
        let start =
          "\(index + 1),\(alternative.linkage + 1),\(rounded(alternative.score)),"
          + "\(rounded(result.linkages[alternative.linkage].score)),"
        let lines = LinksCSV.lines(
          linkId: 0, members: alternative.members, detections: detections)
        for line in lines.split(separator: "\n") {
          try out.write("\(start)\(line.dropFirst("0,".count))\n")
        }
      }
    }
  }

  /// What each stage held to be one object.
  func writeStages(to path: String) throws {
    try OutputFile.write(to: path) { out in
      try out.write("stage," + LinksCSV.header(detections: detections))
      for (index, group) in (result.trace?.groups ?? []).enumerated() {
        let lines = LinksCSV.lines(
          linkId: index + 1, members: group.members, detections: detections)
        for line in lines.split(separator: "\n") {
          try out.write("\(group.stage.rawValue),\(line)\n")
        }
      }
    }
  }

  private func rounded(_ score: Double) -> Double { (score * 1000).rounded() / 1000 }
}

extension Detection {
  /// Its trail, where it shows one.
  var trail: DetectionTrail? {
    guard let trailLengthArcsec, let trailAngleDeg, trailLengthArcsec > 0 else { return nil }
    return DetectionTrail(
      length: trailLengthArcsec * Angle.arcsecond, positionAngle: trailAngleDeg * Angle.degree)
  }
}
