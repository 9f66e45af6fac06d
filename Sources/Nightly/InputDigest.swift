import Astro
import Astrometry
import Catalog
import Dynamics
import Linking

/// A digest of what a run's result depends on: the window's detections and the options.
///
/// Which objects are known is left out on purpose: a run changes that itself, and running it again
/// must find that it has been done.
enum InputDigest {
  static func of(_ window: [StoredDetection], options: NightlyOptions) -> String {
    var digest = ContentDigest()
    digest.add("\(options.window) \(options.linking)")
    for stored in window {
      let detection = stored.detection
      digest.add(UInt64(bitPattern: detection.diaSourceId))
      digest.add(detection.midpoint.mjd.bitPattern)
      digest.add(detection.raDeg.bitPattern)
      digest.add(detection.decDeg.bitPattern)
      digest.add((detection.raErrDeg ?? -1).bitPattern)
      digest.add((detection.decErrDeg ?? -1).bitPattern)
      digest.add((detection.mag ?? 99).bitPattern)
      digest.add(detection.observatory.description)
    }
    return digest.text
  }
}
