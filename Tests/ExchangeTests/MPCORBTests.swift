import Astro
import Astrometry
import Dynamics
import Exchange
import Foundation
import TestSupport
import Testing

/// Writes `text` to a file of its own and reads it as orbits.
func readOrbits(_ text: String) throws -> OrbitBatch {
  try RealFiles.withFolder { folder in
    let url = folder.appending(path: "input")
    try Data(text.utf8).write(to: url)
    return try OrbitFile.readAll(url.path)
  }
}

struct MPCORBTests {
  static let eros =
    "00433   11.16  0.46 K1972  84.17190  178.83549  304.30424   10.82858  0.2227385  0.55973997   1.4581823  0 MPO467611  8406  52 1893-2019 0.69 M-v 38h MPCLINUX   1804    (433) Eros               20190509"

  @Test func elementsAreThePrintedOnes() throws {
    let batch = try readOrbits(Self.eros + "\n")
    let orbit = try #require(batch.orbits.first)
    let elements = try #require(KeplerianElements(orbit.orbit))
    // Conversion to a state and back keeps 1e-13; the print has 5 to 8 decimals.
    #expect(abs(elements.semiMajorAxisAU - 1.4581823) < 1e-11)
    #expect(abs(elements.eccentricity - 0.2227385) < 1e-11)
    #expect(abs(elements.inclinationRad / Angle.degree - 10.82858) < 1e-9)
    #expect(abs(elements.nodeRad / Angle.degree - 304.30424) < 1e-9)
    #expect(abs(elements.argPeriRad / Angle.degree - 178.83549) < 1e-9)
    #expect(abs(elements.meanAnomalyRad() / Angle.degree - 84.17190) < 1e-9)
    // n is printed too, to 1e-8 °/d.
    #expect(abs(elements.meanMotion() / Angle.degree - 0.55973997) < 1e-7)
    // K1972 is 2019 July 2, MJD 58666, TT; TDB differs by less than 2 ms.
    #expect(abs(orbit.orbit.epoch.mjd - 58666) * 86400 < 0.002)
    #expect(orbit.designation == "433" && orbit.ssObjectId == 0x30_3034_3333)
    #expect(orbit.absoluteMagnitude == 11.16 && orbit.slope == 0.46)
    #expect(orbit.quality.rmsArcsec == 0.69 && orbit.quality.observationCount == 8406)
    #expect(orbit.quality.oppositionCount == 52 && orbit.quality.uncertaintyParameter == 0)
  }

  @Test func descriptionBeforeTheRulerIsSkipped() throws {
    let batch = try readOrbits(
      "MINOR PLANET CENTER ORBIT DATABASE (MPCORB)\n\nDes'n     H     G   Epoch     M\n"
        + String(repeating: "-", count: 202) + "\n" + Self.eros + "\n\n"
        + Self.eros.replacing("00433", with: "K04J12Q").replacing("Q  ", with: "Q") + "\n")
    #expect(batch.otherLines == 5 && batch.quarantined.isEmpty)
    #expect(batch.orbits.map(\.designation) == ["433", "2004 JQ12"])
    // The value that Rubin's own tables have for this designation.
    #expect(batch.orbits.last?.ssObjectId == 21_163_624_394_469_969)
  }

  @Test(arguments: [
    ("00433  ", "0?433  ", "designation"), ("K1972", "K19D2", "epoch"),
    (" 84.17190", " 84.1719x", "M"), (" 10.82858", "190.82858", "inclination"),
    ("0.2227385", "1.2227385", "a"), ("1.4581823", "2.4581823", "a"), ("11.16", "bright", "H"),
    ("0.2227385", "         ", "e"),
  ])
  func damagedLineIsSetAside(old: String, new: String, field: String) throws {
    let width = max(old.utf8.count, new.utf8.count)
    let padded = old + String(repeating: " ", count: width - old.utf8.count)
    let damaged = Self.eros.replacing(padded, with: new)
    #expect(damaged != Self.eros)
    let batch = try readOrbits(Self.eros + "\n" + damaged + "\n")
    #expect(batch.orbits.count == 1)
    #expect(batch.quarantined.first?.field?.split(separator: " ").first == Substring(field))
    #expect(batch.quarantined.first?.location == .line(2))
  }

  @Test func truncatedLineIsSetAside() throws {
    let batch = try readOrbits(Self.eros + "\n" + Self.eros.prefix(90) + "\n")
    #expect(batch.orbits.count == 1 && batch.quarantined.count == 1)
  }

  @Test(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
  func everyOrbitOfARealFile() throws {
    try RealFiles.withFolder { folder in
      let url = try RealFiles.gunzip("orbits/nea_mpcorb_2019.txt.gz", into: folder)
      let batch = try OrbitFile.readAll(url.path)
      #expect(batch.orbits.count == 20_060 && batch.quarantined.isEmpty)
      // The compressed file reads the same, and so does the file twice in one.
      let compressed = try RealFiles.url("orbits/nea_mpcorb_2019.txt.gz")
      #expect(try OrbitFile.readAll(compressed.path).orbits == batch.orbits)
      let bytes = try Data(contentsOf: compressed)
      let twice = folder.appending(path: "twice.gz")
      try (bytes + bytes).write(to: twice)
      #expect(try OrbitFile.readAll(twice.path).orbits.count == 2 * 20_060)
      // Half a compressed file is an error, not half of the orbits.
      try bytes.prefix(bytes.count / 2).write(to: twice)
      let error = try #require(throws: ExchangeError.self) { try OrbitFile.readAll(twice.path) }
      #expect(error.description.contains("ends early"))
      // Near-Earth objects, and no two are one. Mean and largest q are those of a (1 − e) of the
      // printed columns, by another program.
      let q = batch.orbits.compactMap { KeplerianElements($0.orbit)?.perihelionAU }
      #expect(q.count == 20_060)
      #expect(abs(try #require(q.max()) - 1.30050566259118) < 1e-11)
      #expect(abs(q.reduce(0, +) / 20_060 - 0.9149506103680931) < 1e-11)
      #expect(Set(batch.orbits.compactMap(\.ssObjectId)).count == 20_060)
    }
  }
}
