/// A body whose place the ephemerides give. The first ``perturberCount`` of them, in this order, are
/// the masses of the force model; planets with moons stand for their systems' barycentres.
@frozen
public enum Body: UInt8, CaseIterable, Sendable, Hashable {
  case sun, mercury, venus, earth, moon, mars, jupiter, saturn, uranus, neptune, pluto
  case ceres, pallas, juno, vesta, iris, hygiea, eunomia, psyche
  case euphrosyne, europa, cybele, sylvia, thisbe, camilla, davida, interamnia
  /// Not masses of their own, but places that others are reckoned from.
  case earthMoonBarycenter, solarSystemBarycenter

  /// Sun, planets, Earth, Moon, Pluto and the 16 asteroids.
  public static let perturberCount = 27
  /// The first of the asteroids among the perturbers.
  public static let firstAsteroid = 11

  /// The masses of the force model, in the order of their raw values.
  public static let perturbers: [Body] = Array(allCases.prefix(perturberCount))

  /// Number in the MPC's catalog, for the asteroids.
  public var asteroidNumber: Int? {
    let index = Int(rawValue) - Body.firstAsteroid
    return Body.asteroidNumbers.indices.contains(index) ? Body.asteroidNumbers[index] : nil
  }

  private static let asteroidNumbers = [
    1, 2, 3, 4, 7, 10, 15, 16, 31, 52, 65, 87, 88, 107, 511, 704,
  ]

  /// The body's number in JPL's kernels (NAIF ID).
  public var naifId: Int {
    switch self {
    case .solarSystemBarycenter: 0
    case .mercury: 1
    case .venus: 2
    case .earthMoonBarycenter: 3
    case .mars: 4
    case .jupiter: 5
    case .saturn: 6
    case .uranus: 7
    case .neptune: 8
    case .pluto: 9
    case .sun: 10
    case .moon: 301
    case .earth: 399
    default: 2_000_000 + (asteroidNumber ?? 0)
    }
  }

  /// The body of a NAIF ID. Asteroids go by both of NAIF's numberings (2000001 and 20000001).
  public init?(naifId: Int) {
    let id = naifId > 20_000_000 ? naifId - 18_000_000 : naifId
    guard let body = Body.allCases.first(where: { $0.naifId == id }) else { return nil }
    self = body
  }

  /// English name.
  public var name: String {
    switch self {
    case .earthMoonBarycenter: "Earth-Moon barycenter"
    case .solarSystemBarycenter: "solar system barycenter"
    default: "\(self)".prefix(1).uppercased() + "\(self)".dropFirst()
    }
  }
}
