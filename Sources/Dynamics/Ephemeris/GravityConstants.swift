/// Masses and shapes as DE440 was integrated with them, read from `constants.txt` of the Ephemerides
/// folder (which was made from the kernel's comment area).
public struct GravityConstants: Sendable, Hashable {
  /// GM [au³/d²] of the masses, by the raw value of ``Body``: 27 numbers.
  public let gm: [Double]
  /// Sun: J2, and the radius [au] that belongs to it.
  public let sunJ2: Double
  public let sunRadiusAU: Double
  /// Earth: zonal harmonics, and the radius [au] that belongs to them.
  public let earthJ2: Double
  public let earthJ3: Double
  public let earthJ4: Double
  public let earthRadiusAU: Double

  /// GM [au³/d²] of a mass; that of the Earth-Moon barycentre is both together, of the barycentre 0.
  public func gm(of body: Body) -> Double {
    switch body {
    case .solarSystemBarycenter: 0
    case .earthMoonBarycenter: gm[Int(Body.earth.rawValue)] + gm[Int(Body.moon.rawValue)]
    default: gm[Int(body.rawValue)]
    }
  }

  /// - Parameters:
  ///   - text: lines of `NAME value`, names as in JPL's list; what follows `#` is a comment.
  ///   - file: its name, for error messages.
  init(parsing text: String, file: String) throws(DynamicsError) {
    var values: [Substring: Double] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let fields = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      if fields.isEmpty { continue }
      guard fields.count == 2, let value = Double(fields[1]), value.isFinite else {
        throw .invalidTable(
          file: file, line: index + 1, reason: "'\(line)': expected a name and a number")
      }
      values[fields[0]] = value
    }
    func value(_ name: String) throws(DynamicsError) -> Double {
      guard let value = values[Substring(name)] else {
        throw .unreadableFile(
          path: file, reason: "\(name) is missing; make it again with Tools/make-ephemerides")
      }
      return value
    }
    let kilometer = 1 / (try value("AU"))
    let earthToMoon = try value("EMRAT")
    let both = try value("GMB")
    var gm: [Double] = []
    for body in Body.perturbers {
      switch body {
      case .sun: gm.append(try value("GMS"))
      case .earth: gm.append(both * earthToMoon / (1 + earthToMoon))
      case .moon: gm.append(both / (1 + earthToMoon))
      default:
        if let number = body.asteroidNumber {
          let digits = String(number)
          gm.append(
            try value("MA" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits))
        } else {
          gm.append(try value("GM\(body.naifId)"))
        }
      }
    }
    self.gm = gm
    sunJ2 = try value("J2SUN")
    sunRadiusAU = try value("ASUN") * kilometer
    earthJ2 = try value("J2E")
    earthJ3 = try value("J3E")
    earthJ4 = try value("J4E")
    earthRadiusAU = try value("RE") * kilometer
  }
}
