import Astro
import Astrometry
import Dynamics

extension Ranger {
  /// Orbits of the tracklet that was assessed last, each as likely as the others: drawn from the grid
  /// at even steps of the summed weight.
  ///
  /// - Parameter count: how many; one of great weight may come several times.
  public func orbits(of tracklet: Tracklet, count: Int) -> [RangedOrbit] {
    let total = samples.totalWeight
    guard total > 0, count > 0 else { return [] }
    let frame = TrackletFrame(tracklet)
    var result: [RangedOrbit] = []
    result.reserveCapacity(count)
    var sum = 0.0
    for k in 0..<samples.count {
      sum += samples[k].weight
      let step = total / Double(count)
      while result.count < count, (Double(result.count) + 0.5) * step <= sum {
        result.append(orbit(k, frame, tracklet, probability: 1 / Double(count)))
      }
    }
    return result
  }

  /// All orbits of the grid with more than a part of the greatest weight.
  public func weightedOrbits(of tracklet: Tracklet, above part: Double) -> [RangedOrbit] {
    let total = samples.totalWeight
    let most = samples.map(\.weight).max() ?? 0
    guard total > 0 else { return [] }
    let frame = TrackletFrame(tracklet)
    return (0..<samples.count).compactMap { k in
      samples[k].weight > part * most
        ? orbit(k, frame, tracklet, probability: samples[k].weight / total) : nil
    }
  }

  private func orbit(
    _ k: Int, _ f: TrackletFrame, _ tracklet: Tracklet, probability: Double
  ) -> RangedOrbit {
    let rho = samples[k].distance
    let rotate = Frames.eclipticToEquatorial
    // Where in the errors of the place itself: the line's middle, and what a night's observations share.
    let z = QuasiNormal.triple(7 * k + 3)
    let spread = f.spread(z.z)
    let sigma = f.placeSigmas
    let x =
      f.observer.position
      + (f.sight + f.east * (samples[k].eastPlace + z.x * spread * sigma.east)
        + f.north * (samples[k].northPlace + z.y * spread * sigma.north)) * rho
    let v =
      f.observer.velocity + f.sight * samples[k].radialSpeed
      + (f.east * samples[k].eastRate + f.north * samples[k].northRate) * rho
    return RangedOrbit(
      orbit: Orbit(
        epoch: tracklet.epoch.adding(days: -rho / Constants.lightSpeedAUPerDay),
        state: StateVector(position: rotate * x, velocity: rotate * v), origin: .sun),
      distanceAU: rho, radialSpeed: samples[k].radialSpeed, absoluteMagnitude: samples[k].h,
      objectClass: samples[k].kind,
      probability: probability)
  }
}
