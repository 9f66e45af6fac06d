/// How times are grouped into nights when linkages are judged.
public enum NightRule: Sendable, Hashable {
  /// A night is ⌊MJD − offset⌋. 0.5 is right for Chile and Hawaii.
  case offset(Double)
  /// For observations from many sites: a night ends at a gap of more than 0.25 d, and a pair must
  /// come from one observatory.
  case gaps

  /// The rule of one site in Chile.
  public static let chile = NightRule.offset(0.5)

  /// `auto`, or the offset [d].
  public init?(_ text: String) {
    if text == "auto" {
      self = .gaps
    } else if let offset = Double(text), offset.isFinite {
      self = .offset(offset)
    } else {
      return nil
    }
  }
}

extension NightRule {
  /// A detection as the rule sees it.
  struct Sighting {
    var mjd: Double
    /// Number of the observatory.
    var site: Int32
  }

  /// First times of the nights that hold a pair 1 to 90 minutes apart.
  /// - Parameter sightings: in any order.
  func nightsWithPairs(_ sightings: [Sighting]) -> [Double] {
    let sorted = sightings.sorted { $0.mjd != $1.mjd ? $0.mjd < $1.mjd : $0.site < $1.site }
    var nights: [Double] = []
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count && !isNewNight(sorted[end].mjd, after: sorted[end - 1].mjd) {
        end += 1
      }
      if hasPair(sorted[start..<end]) { nights.append(sorted[start].mjd) }
      start = end
    }
    return nights
  }

  private func isNewNight(_ mjd: Double, after previous: Double) -> Bool {
    switch self {
    case .gaps: mjd - previous > 0.25
    case .offset(let offset): (mjd - offset).rounded(.down) != (previous - offset).rounded(.down)
    }
  }

  private func hasPair(_ night: ArraySlice<Sighting>) -> Bool {
    for (i, first) in zip(night.indices, night) {
      for second in night[(i + 1)...] {
        let days = second.mjd - first.mjd
        if days > 90.0 / 1440 { break }
        if days >= 1.0 / 1440 && (self != .gaps || first.site == second.site) { return true }
      }
    }
    return false
  }
}
