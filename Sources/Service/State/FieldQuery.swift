import Astro
import Astrometry
import Dynamics
import Prediction

/// The known objects of a field at a moment, nearest to its centre first.
struct FieldQuery: Sendable {
  var raDeg: Double
  var decDeg: Double
  var radiusDeg: Double
  var epoch: Epoch<TDB>
  var observatory: ObservatoryCode
  var faintest: Double?

  struct Answer: Sendable {
    struct Object: Sendable {
      var object: PredictedObject
      var separationRad: Double
    }

    var objects: [Object]
    /// Objects whose motion ended before, near the field.
    var ended: [EndedOrbit]
    var mjdUtc: Double
  }

  func answer(_ state: ServiceState) async throws -> Answer {
    let solarSystem = state.solarSystem
    let field = SkyField(raDeg: raDeg, decDeg: decDeg, radiusDeg: radiusDeg)
    do {
      let tables = try await state.nights.tables(at: epoch, observatory: observatory)
      let (found, ended) = try tables.objects(
        in: field, at: epoch, observatory: observatory, solarSystem: solarSystem, marginRad: 0)
      var objects = found.map {
        Answer.Object(object: $0, separationRad: field.centre.angle(to: $0.place.offset))
      }
      if let faintest {
        objects.removeAll { ($0.object.magnitudeV ?? -.infinity) > faintest }
      }
      objects.sort {
        ($0.separationRad, $0.object.orbit) < ($1.separationRad, $1.object.orbit)
      }
      return Answer(
        objects: objects, ended: ended, mjdUtc: solarSystem.leapSeconds.utc(epoch.tai).mjd)
    } catch let error as PredictionError {
      throw FieldQuery.problem(error)
    } catch let error as DynamicsError {
      throw HTTPProblem.badParameter("time", "\(error)")
    }
  }

  /// A moment outside of the ephemerides is the client's doing; a damaged table is not.
  static func problem(_ error: PredictionError) -> any Error {
    if case .observer(let reason) = error { return HTTPProblem.badParameter("time", "\(reason)") }
    return error
  }
}
