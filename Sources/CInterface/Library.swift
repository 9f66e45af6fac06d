import Dynamics
import Foundation

/// What `ecliptic_open` gives out: ephemerides and tables, read once.
final class Library: Sendable {
  let solarSystem: SolarSystem

  init(_ solarSystem: SolarSystem) { self.solarSystem = solarSystem }
}

/// Opens the ephemerides.
///
/// - Parameter folder: with kernels and tables, UTF-8; null: as `ecliptic` finds it.
/// - Returns: what the other functions want first, to be closed by `ecliptic_close`; null when the
///   folder can't be read.
@_cdecl("ecliptic_open")
public func eclipticOpen(
  _ folder: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<CChar>?, _ errorLength: Int
) -> UnsafeMutableRawPointer? {
  do {
    let place = folder.map { URL(filePath: String(cString: $0)) }
    let library = Library(try SolarSystem.load(folder: place))
    return Unmanaged.passRetained(library).toOpaque()
  } catch let fault {
    write("\(fault)", to: error, errorLength)
    return nil
  }
}

/// Closes what `ecliptic_open` opened; null is nothing.
@_cdecl("ecliptic_close")
public func eclipticClose(_ library: UnsafeMutableRawPointer?) {
  guard let library else { return }
  Unmanaged<Library>.fromOpaque(library).release()
}
