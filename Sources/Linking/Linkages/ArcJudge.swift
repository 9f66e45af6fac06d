import Astro
import Dynamics
import OrbitFit

/// Fits detections in full, leaves out those that do not belong and says whether what remains is
/// an arc of one object. Keeps buffers: one for each piece of work.
struct ArcJudge {
  private let detections: SortedDetections
  private let sights: [SightLine]
  private let options: LinkingOptions
  private let sky: SkyIndex
  /// Nil: the motion is about the Sun alone.
  private let solarSystem: SolarSystem?
  private var fitter: ArcFitter
  /// Whether fits are under all forces for the moment.
  private var underAllForces = false
  /// χ² of the last attempt's first fit, that of all members.
  private var firstChiSquare = Double.infinity

  /// Largest part of the detections that may be left out.
  private static let largestLoss = 0.4
  /// A night joins the others where χ² stays below this for each equation.
  private static let joinLimit = 12.0
  /// What a fit under all forces may cost: a tenth of a millisecond each.
  private static let mostLinearisations = 24

  init(
    _ detections: SortedDetections, _ sights: [SightLine], _ sky: SkyIndex,
    _ options: LinkingOptions, _ solarSystem: SolarSystem?
  ) {
    self.sky = sky
    self.detections = detections
    self.sights = sights
    self.options = options
    self.solarSystem = solarSystem
    fitter = ArcFitter(options: .linking)
  }

  /// - Parameters:
  ///   - members: ascending, distinct.
  /// - Returns: nil when no orbit holds enough of them within their errors.
  mutating func judge(_ members: [Int32], start: Orbit) -> Arc? {
    underAllForces = false
    let arc = judgeAboutSun(members, start: start)
    let orbit = arc?.fit.orbit ?? start
    guard let solarSystem else { return arc }
    let pull = EarthPull(on: members, orbit, detections)
    guard pull.isFelt, arc != nil || pull.explains(firstChiSquare, members: members.count) else {
      return arc
    }
    fitter.useForces(of: solarSystem)
    underAllForces = true
    if case .arc(let whole) = attempt(members, start: orbit),
      whole.members.count >= arc?.members.count ?? 0
    {
      return whole
    }
    // Three pairs that fail together hold nothing that a part of them would not have shown.
    return arc ?? (members.count > 8 ? nightByNight(members, start: start) : nil)
  }

  /// As above, without a start: for what is said to be one object.
  mutating func judge(_ members: [Int32]) -> Arc? {
    let fit = fitter.fit(sights, members: members.span)
    return fit.hasOrbit ? judge(members, start: fit.orbit) : nil
  }

  private mutating func judgeAboutSun(_ members: [Int32], start: Orbit) -> Arc? {
    switch attempt(members, start: start) {
    case .arc(let arc): return arc
    case .refused where !isTowardsSun(members): return nil
    case .refused, .lost:
      // The way from the start was too long, or it led to the wrong one of the two distances that
      // a motion on the Sun's side of the sky allows: the fitter looks for a start of its own.
      let fit = fitter.fit(sights, members: members.span)
      guard fit.hasOrbit, case .arc(let arc) = attempt(members, start: fit.orbit) else {
        return nil
      }
      return arc
    }
  }

  /// Less than a right angle from the Sun.
  private func isTowardsSun(_ members: [Int32]) -> Bool {
    guard let first = members.first else { return false }
    return detections.direction[Int(first)].dot(detections.observer[Int(first)]) < 0
  }

  /// Near the Earth an orbit from the first night to the last may be no start for all of them: the
  /// nights next to the start's epoch are fitted first, and each further one from what is known
  /// then.
  private mutating func nightByNight(_ members: [Int32], start: Orbit) -> Arc? {
    let epoch = start.epoch.days(since: detections.reference)
    let nights = self.nights(of: members).map { Array(members[$0]) }.sorted { a, b in
      abs(detections.time[Int(a[0])] - epoch) < abs(detections.time[Int(b[0])] - epoch)
    }
    var set: [Int32] = []
    var orbit = start
    for night in nights {
      let wider = (set + night).sorted()
      let fit = fitUnderAllForces(
        wider, start: orbit, linearisations: ArcJudge.mostLinearisations / 2)
      guard fit.hasOrbit, fit.chiSquare < ArcJudge.joinLimit * 2 * Double(wider.count) else {
        continue
      }
      (set, orbit) = (wider, fit.orbit)
    }
    guard set.count >= options.minimumDetections, pairedNights(set) >= options.minimumNights,
      case .arc(let arc) = attempt(set, start: orbit)
    else { return nil }
    return arc
  }

  private enum Outcome {
    case arc(Arc)
    case refused
    /// The fit did not arrive.
    case lost
  }

  private mutating func fit(_ members: [Int32], start: Orbit) -> ArcFit {
    underAllForces
      ? fitUnderAllForces(members, start: start, linearisations: ArcJudge.mostLinearisations)
      : fitter.fit(sights, members: members.span, start: start)
  }

  private mutating func fitUnderAllForces(
    _ members: [Int32], start: Orbit, linearisations: Int
  ) -> ArcFit {
    let limit = fitter.options.placeLimit
    defer { fitter.options.placeLimit = limit }
    fitter.options.placeLimit = linearisations * (200 + 4 * members.count)
    return fitter.fitUnderAllForces(sights, members: members.span, start: start)
  }

  private mutating func attempt(_ members: [Int32], start: Orbit) -> Outcome {
    var set = members
    var orbit = start
    var arrived = true
    // Twins of one moment are no loss: only one of them can belong.
    var rivals = members.count
    firstChiSquare = .infinity
    func fewest() -> Int {
      max(
        options.minimumDetections,
        Int((Double(rivals) * (1 - ArcJudge.largestLoss)).rounded(.down)))
    }
    while set.count >= fewest() {
      let fit = fit(set, start: orbit)
      if set.count == members.count, fit.hasOrbit { firstChiSquare = fit.chiSquare }
      guard fit.hasOrbit, fit.chiSquare.isFinite else { return .lost }
      arrived = arrived && fit.converged
      if isHopeless(fit, members: set.count) { return .refused }
      orbit = fit.orbit
      if let twin = worseTwin(set) {
        set.remove(at: twin)
        rivals -= 1
        continue
      }
      let nights = pairedNights(set)
      let isOfSingles = nights < options.minimumNights
      if isOfSingles, !SingleNights.suffice(self.nights(of: set).count, fit.orbit.state) { break }
      let limit = options.rejectionSigmas * options.rejectionSigmas
      // What agrees with the detections is an orbit of theirs, be it not yet the very best one: with
      // the prior the way to the minimum can be long.
      if fit.converged || fit.verdict == .iterationBudget, fit.worstChiSquare <= limit,
        isWithinErrors(fit, isOfSingles: isOfSingles)
      {
        guard
          NightStructure(set, fit, detections, crowding: sky.crowding(of: set))
            .isSound(fewestNights: options.minimumNights)
        else { return .refused }
        return .arc(
          Arc(members: set, fit: fit, pairedNights: nights, underAllForces: underAllForces))
      }
      guard fit.worstMember >= 0, fit.worstChiSquare > 9 else { break }
      let night = self.night(of: fit.worstMember, in: set)
      if isFarOff(fit, members: set.count), nights > options.minimumNights {
        // Not one detection is wrong but a night: foreign, or the Earth's pull was felt there.
        rivals -= night.count
        set.removeSubrange(night)
      } else {
        set.remove(at: fit.worstMember)
      }
    }
    return arrived ? .refused : .lost
  }

  private func isWithinErrors(_ fit: ArcFit, isOfSingles: Bool) -> Bool {
    let reduced = fit.chiSquare / Double(max(1, fit.degreesOfFreedom))
    let largest = options.maximumRmsSigmas * options.maximumRmsSigmas
    return reduced <= (isOfSingles ? min(largest, SingleNights.largestChiSquare) : largest)
      && fit.rmsArcsec <= options.maximumRmsArcsec
  }

  /// Residuals so large that leaving out a few detections cannot help.
  private func isHopeless(_ fit: ArcFit, members: Int) -> Bool {
    let average = fit.chiSquare / Double(2 * members)
    if underAllForces { return average > 200 }
    return average > 1e4 || (members < 8 && average > 2500)
  }

  /// Residuals of ten standard deviations and more on the average, by many detections.
  private func isFarOff(_ fit: ArcFit, members: Int) -> Bool {
    members > 12 && fit.chiSquare > 200 * Double(members)
  }

  /// The members of one member's night.
  private func night(of member: Int, in set: [Int32]) -> Range<Int> {
    func isSame(_ a: Int, _ b: Int) -> Bool {
      detections.time[Int(set[b])] - detections.time[Int(set[a])] <= NightCount.gapDays
    }
    var low = member
    while low > 0, isSame(low - 1, low) { low -= 1 }
    var high = member + 1
    while high < set.count, isSame(high - 1, high) { high += 1 }
    return low..<high
  }

  /// One object is at one place at a time: of two members of one moment, the position of the worse.
  private func worseTwin(_ set: [Int32]) -> Int? {
    for k in 1..<set.count {
      let (a, b) = (Int(set[k - 1]), Int(set[k]))
      guard detections.time[b] - detections.time[a] < 1e-6,
        detections.observatory[a] == detections.observatory[b]
      else { continue }
      return fitter.chiSquare(member: k - 1) > fitter.chiSquare(member: k) ? k - 1 : k
    }
    return nil
  }

  /// Nights, ending at a gap of a quarter of a day, as ranges of members.
  private func nights(of set: [Int32]) -> [Range<Int>] {
    var nights: [Range<Int>] = []
    var start = 0
    for k in 1...max(1, set.count) where !set.isEmpty {
      let isEnd =
        k == set.count
        || detections.time[Int(set[k])] - detections.time[Int(set[k - 1])] > NightCount.gapDays
      guard isEnd else { continue }
      nights.append(start..<k)
      start = k
    }
    return nights
  }

  /// Nights with two members of one observatory, or of two within the time of a tracklet.
  func pairedNights(_ set: [Int32]) -> Int {
    nights(of: set).count { hasPair(set[$0]) }
  }

  private func hasPair(_ night: ArraySlice<Int32>) -> Bool {
    for i in night.indices {
      for j in night[i...].indices.dropFirst()
      where detections.observatory[Int(night[i])] == detections.observatory[Int(night[j])]
        || detections.time[Int(night[j])] - detections.time[Int(night[i])]
          <= options.maximumTrackletDays
      {
        return true
      }
    }
    return false
  }
}
