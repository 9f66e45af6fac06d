import Foundation

public import Astro

/// The MPC's observatory codes and where they stand.
public struct Observatories: Sendable {
  /// One observatory.
  public struct Observatory: Hashable, Sendable {
    public let code: ObservatoryCode
    public let name: String
    /// Where it stands on the Earth; nil for space observatories and roving observers.
    public let site: Site?
  }

  /// A place on the Earth by the MPC's parallax constants.
  public struct Site: Hashable, Sendable {
    /// East [deg].
    public let longitudeDeg: Double
    /// Distances from the Earth's axis and its equator [Earth radii of 6378.137 km].
    public let rhoCosPhi: Double
    public let rhoSinPhi: Double

    /// Earth-fixed (ITRF) [km].
    public var terrestrialKm: Vector3 {
      let direction = Vector3(raRad: longitudeDeg * Angle.degree, decRad: 0)
      return Vector3(direction.x * rhoCosPhi, direction.y * rhoCosPhi, rhoSinPhi)
        * Observatories.earthRadiusKm
    }
  }

  /// The radius that the parallax constants are given in [km].
  public static let earthRadiusKm = 6378.137

  private let byCode: [ObservatoryCode: Observatory]

  /// All observatories by code.
  public var all: [Observatory] { byCode.values.sorted { $0.code < $1.code } }

  /// - Parameters:
  ///   - text: lines of `code<TAB>longitude<TAB>rho cos phi'<TAB>rho sin phi'<TAB>name`; the three
  ///     numbers are empty where there is no fixed place. Lines that begin with `#` are comments.
  ///   - file: its name, for error messages.
  public init(parsing text: String, file: String) throws(DynamicsError) {
    var table: [ObservatoryCode: Observatory] = [:]
    table.reserveCapacity(4096)
    for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n")).enumerated() {
      if line.first == UInt8(ascii: "#") { continue }
      let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
        .map { Substring($0) }
      guard fields.count == 5, let code = ObservatoryCode(fields[0]) else {
        throw .invalidTable(
          file: file, line: index + 1,
          reason: "'\(Substring(line))': expected code, longitude, rho cos phi', rho sin phi', name"
        )
      }
      let numbers = fields[1...3].map { Double($0) }
      var site: Site?
      if fields[1...3].contains(where: { !$0.isEmpty }) {
        guard let longitude = numbers[0], let cosine = numbers[1], let sine = numbers[2],
          (-360...360).contains(longitude), (0...1.1).contains(cosine), abs(sine) <= 1.1
        else {
          throw .invalidTable(
            file: file, line: index + 1, reason: "\(code): the place is not three sane numbers")
        }
        site = Site(longitudeDeg: longitude, rhoCosPhi: cosine, rhoSinPhi: sine)
      }
      table[code] = Observatory(code: code, name: String(fields[4]), site: site)
    }
    guard !table.isEmpty else { throw .unreadableFile(path: file, reason: "holds no observatory") }
    byCode = table
  }

  /// The observatory of a code.
  /// - Throws: ``DynamicsError/unknownObservatory(_:near:)`` with codes that look like it.
  public func observatory(_ code: ObservatoryCode) throws(DynamicsError) -> Observatory {
    guard let found = byCode[code] else { throw .unknownObservatory(code, near: near(code)) }
    return found
  }

  /// The place of an observatory on the Earth.
  /// - Throws: also ``DynamicsError/observatoryWithoutPlace(_:name:)``.
  public func site(_ code: ObservatoryCode) throws(DynamicsError) -> Site {
    let found = try observatory(code)
    guard let site = found.site else {
      throw .observatoryWithoutPlace(code, name: found.name)
    }
    return site
  }

  /// Known codes that differ in one character or in the case of letters, at most six.
  private func near(_ code: ObservatoryCode) -> [String] {
    let wanted = Array(code.description.uppercased().utf8)
    let matches = byCode.keys.filter { candidate in
      let other = Array(candidate.description.uppercased().utf8)
      return other.count == wanted.count && zip(other, wanted).filter { $0 != $1 }.count <= 1
    }
    // The same letters in the other case first, then by code.
    let same = { (candidate: ObservatoryCode) in
      candidate.description.uppercased() == code.description.uppercased()
    }
    let ordered = matches.sorted { (same($0) ? 0 : 1, $0) < (same($1) ? 0 : 1, $1) }
    return ordered.prefix(6).map { "\($0) (\(byCode[$0]?.name ?? ""))" }
  }
}
