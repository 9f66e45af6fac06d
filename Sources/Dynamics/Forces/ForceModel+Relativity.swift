import Astro

extension ForceModel {
  /// Post-Newtonian terms with one mass as the source, in the barycentric frame and the
  /// Einstein-Infeld-Hoffmann form (Moyer 2003, 4-26, with β = γ = 1) [au/d²].
  ///
  /// - Parameters:
  ///   - d: from the source to the body [au].
  ///   - v: barycentric [au/d].
  ///   - potential: Σ GM / distance of all masses at the body [au²/d²].
  ///   - perDistance: GM / d and GM / d³ of the source.
  @inline(__always)
  func postNewtonian(
    _ table: PerturberTable, source: Int, from d: Lanes3, velocity v: Lanes3, potential: Lanes,
    perDistance: Lanes, perCube: Lanes
  ) -> Lanes3 {
    let perC2 = 1 / (Constants.lightSpeedAUPerDay * Constants.lightSpeedAUPerDay)
    let sourceVelocity = table.velocity(source)
    let sourceAcceleration = table.acceleration(source)
    let along = d.dot(sourceVelocity)
    var factor = -4 * potential - table.potential(source)
    factor += v.squaredNorm + 2 * sourceVelocity.squaredNorm - 4 * v.dot(sourceVelocity)
    factor -= 1.5 * along * along / d.squaredNorm
    factor -= 0.5 * d.dot(sourceAcceleration)
    let drag = d.dot(v * 4 - sourceVelocity * 3)
    let first = d * (-factor * perCube * perC2)
    let second = (v - sourceVelocity) * (drag * perCube * perC2)
    return first + second + sourceAcceleration * (3.5 * perC2 * perDistance)
  }

  /// The same terms with the planets, the Moon and Pluto as sources.
  func planetaryRelativity(
    _ table: PerturberTable, position: Lanes3, velocity: Lanes3, potential: Lanes
  ) -> Lanes3 {
    var sum = Lanes3.zero
    for source in 1..<Relativity.all.sourceCount where gm(source) > 0 {
      let d = position - table.position(source)
      let r2 = d.squaredNorm
      let perDistance = gm(source) / r2.squareRoot()
      sum += postNewtonian(
        table, source: source, from: d, velocity: velocity, potential: potential,
        perDistance: perDistance, perCube: perDistance / r2)
    }
    return sum
  }
}
