import Dynamics

/// How the catalog writes the laws that an orbit's brightness and non-gravitational accelerations
/// follow: a name and its numbers, apart by blanks, with the fewest digits that read back as the
/// same doubles. What has H and G alone has neither.
enum OrbitLaws {
  /// `HG12 18.2 0.3`, `M1K1 5.5 8.0`.
  static func text(_ law: PhotometricModel) -> String {
    switch law {
    case .hg(let h, let g): "HG \(h) \(g)"
    case .hg12(let h, let g): "HG12 \(h) \(g)"
    case .hg12Muinonen(let h, let g): "HG12-2010 \(h) \(g)"
    case .hg1g2(let h, let g1, let g2): "HG1G2 \(h) \(g1) \(g2)"
    case .comet(let m, let k): "M1K1 \(m) \(k)"
    case .nucleus(let m, let k, let c): "M2K2PC \(m) \(k) \(c)"
    }
  }

  /// - Returns: nil for what is none of the above.
  static func photometry(_ text: String) -> PhotometricModel? {
    let (name, n) = parts(text)
    switch (name, n.count) {
    case ("HG", 2): return .hg(h: n[0], g: n[1])
    case ("HG12", 2): return .hg12(h: n[0], g12: n[1])
    case ("HG12-2010", 2): return .hg12Muinonen(h: n[0], g12: n[1])
    case ("HG1G2", 3): return .hg1g2(h: n[0], g1: n[1], g2: n[2])
    case ("M1K1", 2): return .comet(m1: n[0], k1: n[1])
    case ("M2K2PC", 3): return .nucleus(m2: n[0], k2: n[1], phaseCoefficient: n[2])
    default: return nil
    }
  }

  /// `asteroid`, `comet`, or `law α r₀ m n k`.
  static func text(_ law: NonGravitational.Law) -> String {
    if let name = NonGravitational.Law.named.first(where: { $0.value == law })?.key { return name }
    return "law \(law.scale) \(law.distanceAU) \(law.m) \(law.n) \(law.k)"
  }

  /// - Returns: nil for what is none of the above.
  static func nonGravitational(_ text: String) -> NonGravitational.Law? {
    if let law = NonGravitational.Law.named[text] { return law }
    let (name, n) = parts(text)
    guard name == "law", n.count == 5 else { return nil }
    return NonGravitational.Law(scale: n[0], distanceAU: n[1], m: n[2], n: n[3], k: n[4])
  }

  private static func parts(_ text: String) -> (name: String, numbers: [Double]) {
    let words = text.split(separator: " ")
    return (words.first.map(String.init) ?? "", words.dropFirst().compactMap { Double($0) })
  }
}
