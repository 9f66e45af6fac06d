import Astro
import Dynamics
import Foundation
import TestSupport
import Testing

/// JPL Horizons' vectors of real asteroids: heliocentric and barycentric states, ICRF, TDB.
struct HorizonsTruth {
  struct Row {
    let epoch: Epoch<TDB>
    let heliocentric: StateVector
    let barycentric: StateVector
    var orbit: Orbit { Orbit(epoch: epoch, state: heliocentric, origin: .sun) }
  }
  /// By object, in the order of time.
  private(set) var objects: [(name: String, rows: [Row])] = []

  /// The dates are whole minutes, printed to 1e-8 d: 25 m of motion if taken as they stand.
  private static func epoch(jd: Double) -> Epoch<TDB> {
    let mjd = jd - Constants.jdOfMjdZero
    let minutes = ((mjd - mjd.rounded(.down)) * 1440).rounded()
    return Epoch(mjdDay: mjd.rounded(.down), fraction: minutes / 1440)
  }

  init() throws {
    guard let folder = TestPaths.sharedData else { return }
    let text = try String(
      contentsOf: folder.appending(path: "truth/horizons_states_ephem_X05.csv"), encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false)
    guard let first = header.firstIndex(of: "x_sun_icrf") else { return }
    for line in lines.dropFirst() {
      let f = line.split(separator: ",", omittingEmptySubsequences: false)
      let n = f.map { Double($0) ?? .nan }
      func state(_ i: Int) -> StateVector {
        StateVector(
          position: Vector3(n[i], n[i + 1], n[i + 2]),
          velocity: Vector3(n[i + 3], n[i + 4], n[i + 5]))
      }
      let row = Row(
        epoch: HorizonsTruth.epoch(jd: n[2]),
        heliocentric: state(first), barycentric: state(first + 6))
      let name = String(f[1])
      if objects.last?.name == name {
        objects[objects.count - 1].rows.append(row)
      } else {
        objects.append((name, [row]))
      }
    }
  }
}

func metres(_ a: StateVector, _ b: StateVector) -> Double {
  (a.position - b.position).norm * Constants.auKm * 1000
}

func present(_ state: StateVector?) throws -> StateVector { try #require(state) }
