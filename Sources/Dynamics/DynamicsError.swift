/// What can be wrong with the tables of the solar system, and with what is asked of them.
public enum DynamicsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No folder with kernels and tables was found in any of the places searched.
  case ephemeridesNotFound(searched: [String])
  case unreadableFile(path: String, reason: String)
  /// A kernel (SPK) that is truncated, corrupt or of a kind that is not read.
  case invalidKernel(file: String, reason: String)
  /// A line of one of the text tables.
  case invalidTable(file: String, line: Int, reason: String)
  /// No kernel in the folder holds these bodies.
  case missingBodies(folder: String, bodies: [Body])
  /// A moment that the kernels do not cover; all in Modified Julian Dates, TDB.
  case outsideEphemeris(mjdTdb: Double, startMjdTdb: Double, endMjdTdb: Double)
  /// A code that the MPC's list does not have; `near` are known ones that look like it.
  case unknownObservatory(ObservatoryCode, near: [String])
  /// A space observatory or a roving observer: its place must come with the observation.
  case observatoryWithoutPlace(ObservatoryCode, name: String)

  public var description: String {
    switch self {
    case .ephemeridesNotFound(let searched):
      "no folder with de440.bsp and sb441-n16.bsp found; looked in \(searched.joined(separator: ", "))."
        + " Set ECLIPTIC_EPHEMERIDES to the Ephemerides folder"
    case .unreadableFile(let path, let reason): "\(path): \(reason)"
    case .invalidKernel(let file, let reason):
      "\(file): \(reason); make it again with Tools/make-ephemerides or fetch it again"
    case .invalidTable(let file, let line, let reason): "\(file):\(line): \(reason)"
    case .missingBodies(let folder, let bodies):
      "\(folder): no kernel (*.bsp) holds \(bodies.map(\.name).joined(separator: ", "));"
        + " both de440.bsp and sb441-n16.bsp are needed"
    case .outsideEphemeris(let mjd, let start, let end):
      "MJD \(mjd) TDB is outside the ephemerides, which run from \(start) to \(end);"
        + " point ECLIPTIC_EPHEMERIDES at a folder with the full kernels de440.bsp and sb441-n16.bsp,"
        + " or make a longer excerpt with Tools/make-ephemerides --start YEAR --end YEAR"
    case .unknownObservatory(let code, let near):
      "observatory code \(code) is not in the MPC's list"
        + (near.isEmpty ? "" : "; near to it are \(near.joined(separator: ", "))")
        + "; if the code is new, renew the list with Tools/make-ephemerides"
    case .observatoryWithoutPlace(let code, let name):
      "observatory \(code) (\(name)) has no fixed place on Earth: the observation must bring the"
        + " observer's geocentric position (ADES pos1, pos2, pos3 or the 80-column second line)"
    }
  }
}
