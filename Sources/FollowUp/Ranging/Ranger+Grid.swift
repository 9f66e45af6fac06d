import Astro
import Astrometry
import Dynamics
import Foundation

extension Ranger {
  /// Interstellar objects: speed far from the Sun, one axis [au/d] (20 km/s), and bodies per au³ up
  /// to H = 22 (Do, Tucker & Tonry 2018, ApJL 855, L10).
  private static let interstellarSpeed = 0.01155
  private static let interstellarDensity = 0.2
  /// Fastest that is tried beyond escape [au/d], 60 km/s.
  private static let fastest = 0.0347
  /// The Earth's GM [au³/d²], and where its pull is felt [au].
  static let earthGM = 8.887_692e-10
  private static let earthReach = 0.05
  /// Without a magnitude: 2 mag in steps of H.
  private static let unknownReach = Int(2 / PopulationModel.hStep)
  /// Part of the speeds' coordinate at either end that lies beyond escape.
  private static let unboundPart = 0.08

  /// Everything at one distance.
  struct Shell {
    var distance: Double
    var logDistance: Double
    var position: Vector3
    var radius: Double
    var h: Double
    var hIndex: Int
    var scoreBin: Int
    var pull: Vector3
    /// The motion without radial speed, and the transverse velocity that it means.
    var fit: MotionFit
    var transverse: Vector3
    /// Where radial speeds hardly matter to the motion: fits at the slowest, middle and fastest.
    var slowest = 0.0
    var range = 0.0
    var fits: (MotionFit, MotionFit, MotionFit)?
    /// Whether paths must be integrated.
    var isNear = false
    /// Steps of H to either side that are as likely: nothing is known of the brightness.
    var hReach = 0
  }

  /// Tries distances and speeds after two proposals; replaces the samples.
  ///
  /// - Returns: by what χ² was divided, so that more than a few points have weight; 1 is the truth.
  mutating func layGrid(
    _ f: TrackletFrame, _ magnitude: Double?, _ distances: Proposal, _ speeds: Proposal,
    _ size: (Int, Int), _ slant: Slant
  ) -> Double {
    samples.removeAll(keepingCapacity: true)
    var count = 0
    var least = Double.infinity
    for i in 0..<size.0 {
      let (logDistance, logWidth) = distances.place((Double(i) + 0.5) / Double(size.0))
      var shell = shell(f, logDistance, magnitude ?? Tracklet.assumedMagnitude)
      shell.hReach = magnitude == nil ? Ranger.unknownReach : 0
      // A golden shift from row to row: speeds of neighbours interleave.
      let shift = (Double(i) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1)
      for j in 0..<size.1 {
        count &+= 1
        let (aside, width) = speeds.place((Double(j) + shift) / Double(size.1))
        let part = aside + slant.value(logDistance)
        guard part > 0, part < 1 else { continue }
        let (speed, slope) = radialSpeed(f, shell, part)
        guard slope > 0 else { continue }
        addSample(
          f, shell, speed, part: part, size: slope * width * logWidth * shell.distance, count,
          spacing: (logWidth / Double(size.0), width / Double(size.1)), geocentric: false, &least)
      }
      if shell.distance < 0.02 {
        addSatellites(f, shell, logWidth, speeds: size.1, &count, &least)
      }
    }
    leastChiSquare = least
    return weigh(least)
  }

  /// Fewer points than this of weight, and the next grid could miss the way.
  private static let fewest = 12.0

  /// Multiplies weights by exp(−χ²/2T) with the least T = 1, 4, 16… that leaves enough points.
  private mutating func weigh(_ least: Double) -> Double {
    let plain = samples.map(\.weight)
    var temperature = 1.0
    while true {
      for k in samples.indices {
        samples[k].weight =
          plain[k] * exp(-0.5 * (samples[k].chiSquare - least) / temperature)
      }
      if effectiveCount >= Ranger.fewest || temperature > 1e9 { return temperature }
      temperature *= 4
    }
  }

  private func shell(_ f: TrackletFrame, _ logDistance: Double, _ magnitude: Double) -> Shell {
    let distance = exp(logDistance)
    let x = f.observer.position + f.sight * distance
    let r = x.norm
    var pull = x * (-GravitationalParameter.sun / (r * r * r))
    let fromEarth = x - f.earth.position
    let e = fromEarth.norm
    if e < Ranger.earthReach { pull += fromEarth * (-Ranger.earthGM / (e * e * e)) }
    let alpha = x.angle(to: f.sight)
    let h =
      magnitude - 5 * log10(r * distance)
      - Photometry.phaseDimming(slope: Photometry.defaultSlope, phaseAngleRad: min(alpha, 2.6))
    let fit = fit(f, pull, 0, distance)
    let transverse =
      f.observer.velocity + (f.east * fit.eastRate + f.north * fit.northRate) * distance
    var shell = Shell(
      distance: distance, logDistance: logDistance, position: x, radius: r, h: h,
      hIndex: model.hIndex(h),
      scoreBin: model.scoreBin(h), pull: pull, fit: fit, transverse: transverse)
    shell.isNear = distance < Ranger.earthReach && NearMotion.matters(f, distance: distance)
    if !shell.isNear { addFits(f, &shell) }
    return shell
  }

  /// A parabola stands in for fits at each speed where perspective is slight: errors below 1e-4 of the
  /// motion.
  private func addFits(_ f: TrackletFrame, _ shell: inout Shell) {
    let (low, high) = (radialSpeed(f, shell, 0).speed, radialSpeed(f, shell, 1).speed)
    guard high > low, max(abs(low), abs(high)) * f.reachDays < 0.03 * shell.distance else { return }
    shell.slowest = low
    shell.range = high - low
    func at(_ speed: Double) -> MotionFit { fit(f, shell.pull, speed, shell.distance) }
    shell.fits = (at(low), at(0.5 * (low + high)), at(high))
  }

  @inline(__always)
  private func fit(
    _ f: TrackletFrame, _ pull: Vector3, _ speed: Double, _ distance: Double
  ) -> MotionFit {
    let half = 0.5 / distance
    return MotionFit(
      f, radialRate: speed / distance, pullE: half * pull.dot(f.east),
      pullN: half * pull.dot(f.north), pullU: half * pull.dot(f.sight), perDistance: 1 / distance)
  }

  /// The fit with integrated paths: the path needs the motion that it leads to, twice is enough.
  private func nearFit(_ f: TrackletFrame, _ shell: Shell, _ speed: Double) -> MotionFit {
    var motion = NearMotion(f)
    var fit = shell.fit
    for _ in 0..<2 {
      let v =
        f.observer.velocity + f.sight * speed
        + (f.east * fit.eastRate + f.north * fit.northRate) * shell.distance
      motion.integrate(f, shell.position, v)
      fit = MotionFit(
        f, motion, radialRate: speed / shell.distance, perDistance: 1 / shell.distance)
    }
    return fit
  }

  /// The radial speed at a part of the coordinate 0…1, and its derivative: bound to the Sun in the
  /// middle, beyond escape at both ends; zero derivative where nothing is.
  private func radialSpeed(
    _ f: TrackletFrame, _ shell: Shell, _ part: Double
  ) -> (speed: Double, slope: Double) {
    // |v|² = along² of the transverse velocity and the speed.
    let along = shell.transverse.dot(f.sight)
    let across = shell.transverse.squaredNorm - along * along
    let escape = 2 * GravitationalParameter.sun / shell.radius
    let fast = escape + Ranger.fastest * Ranger.fastest
    guard fast > across else { return (0, 0) }
    let outer = (fast - across).squareRoot()
    guard escape > across else { return (-along - outer + 2 * outer * part, 2 * outer) }
    let inner = (escape - across).squareRoot()
    let rim = Ranger.unboundPart
    if part < rim {
      let slope = (outer - inner) / rim
      return (-along - outer + slope * part, slope)
    }
    if part > 1 - rim {
      let slope = (outer - inner) / rim
      return (-along + inner + slope * (part - 1 + rim), slope)
    }
    let slope = 2 * inner / (1 - 2 * rim)
    return (-along - inner + slope * (part - rim), slope)
  }

  /// One orbit: its elements, its class, its weight without exp(−χ²/2).
  @inline(__always)
  private mutating func addSample(
    _ f: TrackletFrame, _ shell: Shell, _ speed: Double, part: Double, size: Double, _ count: Int,
    spacing: (Double, Double), geocentric: Bool, _ least: inout Double
  ) {
    let rho = shell.distance
    let fit: MotionFit
    if shell.isNear {
      fit = nearFit(f, shell, speed)
    } else if let (a, b, c) = shell.fits {
      fit = MotionFit(a, b, c, at: (speed - shell.slowest) / shell.range)
    } else {
      fit = self.fit(f, shell.pull, speed, rho)
    }
    let z = QuasiNormal.triple(count)
    let spread = f.spread(z.z)
    let eastRate = fit.eastRate + z.x * spread * fit.eastSigma
    let northRate = fit.northRate + z.y * spread * fit.northSigma
    let v = f.observer.velocity + f.sight * speed + (f.east * eastRate + f.north * northRate) * rho
    let rho2 = rho * rho
    let volume = size * rho2 * rho2 * fit.eastSigma * fit.northSigma
    let bound = rho < 0.02 && isBoundToEarth(f, shell.position, v)
    guard bound == geocentric else { return }
    var kind = ObjectClass.earthSatellite
    var density: Double
    if bound {
      density = SatelliteModel.density(
        StateVector(position: shell.position - f.earth.position, velocity: v - f.earth.velocity),
        h: shell.h, gm: Ranger.earthGM)
    } else {
      let gm = GravitationalParameter.sun
      let inverse = 2 / shell.radius - v.squaredNorm / gm
      let momentum = shell.position.cross(v)
      let parameter = momentum.squaredNorm / gm
      let e = max(0, 1 - parameter * inverse).squareRoot()
      let q = parameter / (1 + e)
      let c = momentum.z / momentum.norm
      if inverse > 1e-3, e < 1 {
        let cell = model.cell(perihelionAU: q, eccentricity: e, cosInclination: c)
        guard cell >= 0 else { return }
        kind = ObjectClass.of(
          inverseAxis: inverse, eccentricity: e, perihelionAU: q, cosInclination: c)
        let row = model.row(cell: cell, axisAU: 1 / inverse, eccentricity: e, cosInclination: c)
        density = model.density(row: row, hIndex: shell.hIndex, reach: shell.hReach)
        if fit.chiSquare < least + 12 { visit(cell, shell.scoreBin, near: q < 1.3) }
      } else if inverse <= 0 {
        kind = .interstellar
        density = Ranger.interstellar(excess: -gm * inverse, h: shell.h)
      } else {
        return
      }
    }
    least = min(least, fit.chiSquare)
    samples.append(
      RangingSample(
        logDistance: shell.logDistance, speedPart: part, distance: rho, radialSpeed: speed,
        eastRate: eastRate, northRate: northRate, eastPlace: fit.eastPlace,
        northPlace: fit.northPlace,
        h: shell.h, weight: volume * density,
        chiSquare: fit.chiSquare, distanceSpacing: spacing.0, speedSpacing: spacing.1, kind: kind))
  }

  private mutating func visit(_ cell: Int, _ bin: Int, near: Bool) {
    let place = cell * model.hEdges.count + bin
    guard visited[place] != generation else { return }
    visited[place] = generation
    let value = Double(model.scoreValues[place])
    scoreAll += value
    if near { scoreNear += value }
  }

  /// Bodies per au³ (au/d)³ and magnitude: by Liouville's theorem that of the speeds far from the Sun.
  private static func interstellar(excess: Double, h: Double) -> Double {
    let s2 = interstellarSpeed * interstellarSpeed
    let speeds = exp(-0.5 * excess / s2) / pow(2 * .pi * s2, 1.5)
    return speeds * interstellarDensity * 1.15 * pow(10, 0.5 * (h - 22))
  }

  private func isBoundToEarth(_ f: TrackletFrame, _ x: Vector3, _ v: Vector3) -> Bool {
    let d = (x - f.earth.position).norm
    return d < 0.01 && (v - f.earth.velocity).squaredNorm < 2 * Ranger.earthGM / d
  }

  /// The radial speeds that leave a body bound to the Earth, which are too few for the grid to hit.
  ///
  /// - Parameter speeds: points in a row of the grid, of whose weight each is that part.
  private mutating func addSatellites(
    _ f: TrackletFrame, _ shell: Shell, _ logWidth: Double, speeds: Int, _ count: inout Int,
    _ least: inout Double
  ) {
    let relative = shell.transverse - f.earth.velocity
    let along = relative.dot(f.sight)
    let across = relative.squaredNorm - along * along
    let d = (shell.position - f.earth.position).norm
    let room = 2 * Ranger.earthGM / d - across
    guard room > 0 else { return }
    let half = room.squareRoot()
    let steps = 10
    let step = 2 * half / Double(steps)
    for k in 0..<steps {
      count &+= 1
      addSample(
        f, shell, -along - half + (Double(k) + 0.5) * step, part: 0.5,
        size: step * Double(speeds) * logWidth * shell.distance, count, spacing: (0.1, 0),
        geocentric: true, &least)
    }
  }
}
