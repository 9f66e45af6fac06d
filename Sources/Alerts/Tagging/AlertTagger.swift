package import Astro
public import Astrometry
public import Dynamics
public import Prediction

/// Tags alerts with the known objects that they are.
///
/// Alerts of one moment are matched together against the objects predicted for that moment, so
/// that detections compete for objects and objects for detections.
public struct AlertTagger: Sendable {
  public struct Options: Sendable {
    /// A detection is tagged with its best object when that is at least so probable.
    public var leastProbability = 0.5
    /// Beside it, a second object or detection at least so probable makes a match ambiguous.
    public var ambiguousProbability = 0.05
    /// Leave `ssSource` and orbit of the sender where there are any.
    public var keepsExisting = false
    public var jobs = 1
    /// What an orbit is good for that comes without a covariance, beside the matcher's own
    /// ``Matcher/sigmaWithoutCovarianceRad``; nil where nobody knows.
    public var assumedCovariance: (@Sendable (CatalogOrbit) -> OrbitCovariance?)?
    /// Whether objects that an exposure should show and does not are listed.
    public var missing = MissingLimit.notListed
    /// Of files, so many alerts are matched at once at least, where exposures don't ask for more.
    package var batchAlerts = 20_000

    public init() {}

    /// Down to which V magnitude objects are missed.
    public enum MissingLimit: Sendable {
      case notListed
      /// That of each exposure's own detections.
      case ofDetections
      case magnitude(Double)
    }
  }

  public var reader: AlertReader
  public var predictor: any FieldPredictor
  public var matcher: Matcher
  public var options: Options

  public init(
    reader: AlertReader, predictor: any FieldPredictor, matcher: Matcher = Matcher(),
    options: Options = Options()
  ) {
    self.reader = reader
    self.predictor = predictor
    self.matcher = matcher
    self.options = options
  }

  /// What was found for one file's alerts.
  public struct Result: Sendable {
    /// In the order of the alerts.
    public var alerts: [TaggedAlert] = []
    public var quarantined: [QuarantinedRecord] = []
    /// Orbits that end before the moment of an alert; once for each exposure that begins here.
    public var ended: [EndedOrbit] = []
    /// Objects that exposures which begin here should show and do not.
    public var missing: [MissingObject] = []

    public var taggedCount: Int { alerts.count { $0.chosen != nil } }
    public var ambiguousCount: Int { alerts.count { $0.isAmbiguous } }
    public var unmatchedCount: Int { alerts.count { $0.candidates.isEmpty } }
    /// Alerts tagged with another object than the sender named.
    public var disagreeingCount: Int {
      alerts.count { alert in
        guard let chosen = alert.chosen, alert.packet.ssObjectId != nil else { return false }
        return !alert.packet.names(alert.candidates[chosen])
      }
    }
    /// Angles between our predicted places and the sender's of the same objects, ascending [rad].
    public var ephemerisDifferences: [Double] {
      alerts.compactMap { alert in
        guard let sent = alert.packet.sentEphemeris,
          let tag = alert.candidates.first(where: { alert.packet.names($0) })
        else { return nil }
        return tag.object.place.offset.angle(
          to: Vector3(raRad: sent.raDeg * Angle.degree, decRad: sent.decDeg * Angle.degree))
      }.sorted()
    }
  }

  /// Matches the alerts of some files; nothing is written. Alerts of one moment belong together,
  /// whichever files they are in.
  ///
  /// - Returns: one result for each file; alerts of a time that the ephemerides don't hold are
  ///   quarantined there.
  /// - Throws: ``AlertsError``, ``PredictionError``.
  public func match(_ files: [AlertFile]) async throws -> [Result] {
    var read: [(packets: [AlertPacket], quarantined: [QuarantinedRecord])] = []
    for file in files { read.append(try await reader.packets(in: file, jobs: options.jobs)) }
    return try await match(read, names: files.map(\.name))
  }

  /// As above, of files whose packets were read already.
  func match(
    _ read: [(packets: [AlertPacket], quarantined: [QuarantinedRecord])], names: [String]
  ) async throws -> [Result] {
    var results: [Result] = []
    var exposures: [Exposure: [Place]] = [:]
    for (number, file) in read.enumerated() {
      for (index, packet) in file.packets.enumerated() {
        exposures[Exposure(packet), default: []].append(Place(file: number, alert: index))
      }
      results.append(
        Result(
          alerts: file.packets.map { TaggedAlert(packet: $0) }, quarantined: file.quarantined))
    }
    let ordered = exposures.sorted {
      ($0.key.midpoint, $0.key.observatory) < ($1.key.midpoint, $1.key.observatory)
    }
    var unpredictable: [Place: String] = [:]
    for (exposure, places) in ordered {
      var alerts = places.map { results[$0.file].alerts[$0.alert] }
      let other: (ended: [EndedOrbit], missing: [MissingObject])
      do {
        other = try await match(&alerts, of: exposure)
      } catch PredictionError.observer(let error) {
        // One alert's wrong time must not stop all others; any other failure is not the alert's.
        guard case .outsideEphemeris = error else { throw PredictionError.observer(error) }
        for place in places { unpredictable[place] = "can't be predicted for: \(error)" }
        continue
      }
      results[places[0].file].ended += other.ended
      results[places[0].file].missing += other.missing
      for (place, alert) in zip(places, alerts) { results[place.file].alerts[place.alert] = alert }
    }
    if !unpredictable.isEmpty {
      for number in results.indices {
        results[number].setAside(names[number]) { unpredictable[Place(file: number, alert: $0)] }
      }
    }
    return results
  }

  private func missing(
    _ inputs: [MatchInput], _ objects: [PredictedObject], _ matches: [[Association]],
    _ field: SkyField, _ exposure: Exposure
  ) throws -> [MissingObject] {
    let limit: Double
    switch options.missing {
    case .notListed: return []
    case .magnitude(let given): limit = given
    case .ofDetections:
      guard let own = MissingObjects.limit(of: inputs.compactMap(\.magnitudeV)) else { return [] }
      limit = own
    }
    let found = MissingObjects().find(
      among: objects, matches: matches, field: field, limitV: limit)
    let names = try predictor.designations(of: found.map { objects[$0].orbit })
    return found.map { index in
      MissingObject(
        midpoint: exposure.midpoint, observatory: exposure.observatory, limitV: limit,
        designation: names[objects[index].orbit] ?? "", object: objects[index])
    }
  }

  private struct Place: Hashable {
    var file: Int
    var alert: Int
  }

  /// - Returns: the orbits that end before, and the objects that are not seen.
  private func match(
    _ alerts: inout [TaggedAlert], of exposure: Exposure
  ) async throws -> (ended: [EndedOrbit], missing: [MissingObject]) {
    let inputs = alerts.map { MatchInput($0.packet.detection) }
    guard let field = SkyField(holding: inputs.map(\.direction)) else { return ([], []) }
    let predicted = try await predictor.predict(
      SkyField(centre: field.centre, radiusRad: field.radiusRad + matcher.widestRad),
      at: exposure.midpoint.tdb, observatory: exposure.observatory, jobs: options.jobs)
    var objects = predicted.objects
    try await assumeCovariances(&objects, at: exposure.midpoint.tdb)
    let area = .pi * field.radiusRad * field.radiusRad
    let matches = matcher.match(inputs, objects, fieldAreaSr: area)
    let orbits = try predictor.orbits(
      of: Set(matches.joined().map { objects[$0.object].orbit }).sorted())
    for index in alerts.indices {
      alerts[index].candidates = matches[index].compactMap { association in
        let object = objects[association.object]
        // An object that left the catalog meanwhile is no candidate.
        guard let orbit = orbits[object.orbit] else { return nil }
        return SolarSystemTag(
          diaSourceId: alerts[index].packet.detection.diaSourceId,
          ssObjectId: orbit.ssObjectId ?? Designation(orbit.designation)?.ssObjectId ?? 0,
          orbit: orbit, association: association, object: object,
          measured: inputs[index].direction)
      }
    }
    choose(&alerts)
    return (predicted.ended, try missing(inputs, objects, matches, field, exposure))
  }

  /// Gives objects whose orbits came without a covariance what their orbits are taken to be good
  /// for, grown by two-body motion to an epoch: an old orbit of a short arc is not sure to 1".
  private func assumeCovariances(
    _ objects: inout [PredictedObject], at epoch: Epoch<TDB>
  ) async throws {
    guard let assumed = options.assumedCovariance else { return }
    let bare = objects.indices.filter { objects[$0].covariance == nil }
    guard !bare.isEmpty else { return }
    let places = bare.map { objects[$0] }
    let orbits = try predictor.orbits(of: places.map(\.orbit))
    let least = SkyCovariance.round(sigmaRad: matcher.sigmaWithoutCovarianceRad)
    let found = try await parallelMap(count: places.count, chunk: 64, jobs: options.jobs) { range in
      range.map { index -> SkyCovariance? in
        guard let orbit = orbits[places[index].orbit], let covariance = assumed(orbit) else {
          return nil
        }
        return SkyCovariance(covariance, of: orbit.orbit, at: epoch, place: places[index].place)
          .map { $0 + least }
      }
    }.flatMap { $0 }
    for (index, covariance) in zip(bare, found) { objects[index].covariance = covariance }
  }

  /// Each object goes to at most one detection of an exposure: the one it is most probably in.
  private func choose(_ alerts: inout [TaggedAlert]) {
    let claims = alerts.indices.compactMap { index -> (alert: Int, tag: SolarSystemTag)? in
      guard let best = alerts[index].candidates.first,
        best.association.probability >= options.leastProbability
      else { return nil }
      return (index, best)
    }
    .sorted {
      ($0.tag.association.probability, $1.alert) > ($1.tag.association.probability, $0.alert)
    }
    var taken: Set<Int> = []
    for claim in claims where taken.insert(claim.tag.object.orbit).inserted {
      alerts[claim.alert].chosen = 0
    }
    func likely(_ alert: TaggedAlert) -> [SolarSystemTag] {
      alert.candidates.filter { $0.association.probability >= options.ambiguousProbability }
    }
    var claimants: [Int: Int] = [:]
    for alert in alerts {
      for tag in likely(alert) { claimants[tag.object.orbit, default: 0] += 1 }
    }
    for index in alerts.indices {
      let tags = likely(alerts[index])
      alerts[index].isAmbiguous =
        tags.count > 1 || tags.contains { claimants[$0.object.orbit, default: 0] > 1 }
    }
  }
}

extension AlertTagger.Result {
  /// Quarantines the alerts that there is something against.
  fileprivate mutating func setAside(_ file: String, _ problem: (Int) -> String?) {
    var kept: [TaggedAlert] = []
    for (index, alert) in alerts.enumerated() {
      guard let reason = problem(index) else {
        kept.append(alert)
        continue
      }
      quarantined.append(
        QuarantinedRecord(
          file: file, location: .byteOffset(alert.packet.location.offset),
          field: "midpoint", reason: reason))
    }
    alerts = kept
  }
}

/// What alerts have in common that are matched together.
package struct Exposure: Hashable, Sendable {
  package var midpoint: Epoch<TAI>
  package var observatory: ObservatoryCode

  package init(midpoint: Epoch<TAI>, observatory: ObservatoryCode) {
    self.midpoint = midpoint
    self.observatory = observatory
  }

  package init(_ packet: AlertPacket) {
    self.init(
      midpoint: packet.detection.midpoint, observatory: packet.detection.observatory)
  }
}

/// An alert with the objects that it may be.
public struct TaggedAlert: Sendable {
  public var packet: AlertPacket
  /// Most probable first.
  public var candidates: [SolarSystemTag] = []
  /// Index of the candidate that goes into the packet.
  public var chosen: Int?
  /// More than one object, or more than one detection of the object, is likely.
  public var isAmbiguous = false

  public init(packet: AlertPacket) { self.packet = packet }
}

extension AlertPacket {
  /// Whether the sender named the same object: by designation too, because the numbers of some
  /// packets went through a double and lost their last digits.
  func names(_ tag: SolarSystemTag) -> Bool {
    if ssObjectId == tag.ssObjectId { return true }
    guard let name = detection.designation else { return false }
    return name == tag.orbit.designation
      || Designation(name).map { $0 == Designation(tag.orbit.designation) } ?? false
  }
}
