extension Body {
  /// The mass of the force model that a designation names: the 16 asteroids by number or first
  /// provisional designation, and Pluto.
  public init?(perturber designation: Designation) {
    let number: Int? =
      switch designation {
      case .number(let n): n
      case .provisional(let p): Body.provisional[p.description]
      default: nil
      }
    guard let number,
      let body = number == 134_340
        ? .pluto : Body.perturbers.first(where: { $0.asteroidNumber == number })
    else { return nil }
    self = body
  }

  /// Principal provisional designations, which the MPC gave to the old ones in hindsight.
  private static let provisional = [
    "A801 AA": 1, "A802 FA": 2, "A804 RA": 3, "A807 FA": 4, "A847 PA": 7, "A849 GA": 10,
    "A851 OA": 15, "A852 FA": 16, "A854 RA": 31, "A858 CA": 52, "A861 EB": 65, "A866 KA": 87,
    "A866 LA": 88, "A868 WA": 107, "A903 KB": 511, "A910 TC": 704,
  ]
}

extension Body {
  /// Whether a text may name a mass of the force model: a quick look that spares most designations
  /// the parsing by ``init(perturber:)``.
  static func mayBePerturber(_ text: String) -> Bool {
    var number = 0
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39: number = 10 * min(number, 1_000_000) + Int(byte - 0x30)
      case 0x20, 0x09, 0x28, 0x29: continue  // space, tab, parentheses
      // The provisional ones are A8… or A9…, packed I… or J….
      case 0x41, 0x49, 0x4A: return number == 0 && Designation(text).flatMap(Body.init) != nil
      default: return false
      }
    }
    return number == 0 || number == 134_340
      || number <= 704 && perturbers.contains { $0.asteroidNumber == number }
  }
}
