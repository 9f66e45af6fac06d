import ArgumentParser
import Astro
import Astrometry
import Linking

/// What is linked, for commands that link.
struct LinkSettings: ParsableArguments {
  @Option(help: ArgumentHelp("Nights that a linkage must have.", valueName: "n"))
  var minNights = LinkingOptions().minimumNights
  @Option(help: ArgumentHelp("Detections that a linkage must have.", valueName: "n"))
  var minDetections = LinkingOptions().minimumDetections
  @Option(
    help: ArgumentHelp("Longest arc sought at once; it is extended beyond.", valueName: "days"))
  var windowDays = LinkingOptions().windowDays
  @Option(help: ArgumentHelp("Fastest motion of a tracklet.", valueName: "deg/d"))
  var maxRate = LinkingOptions().maximumRateDegPerDay
  @Option(help: ArgumentHelp("Nearest distance from the Sun that is tried.", valueName: "au"))
  var minDistance = LinkingOptions().minimumDistanceAU
  @Option(help: ArgumentHelp("Farthest distance from the Sun that is tried.", valueName: "au"))
  var maxDistance = LinkingOptions().maximumDistanceAU
  @Option(help: ArgumentHelp("Largest rms of a linkage in standard deviations.", valueName: "x"))
  var maxRmsSigmas = LinkingOptions().maximumRmsSigmas
  @Option(help: ArgumentHelp("Largest rms of a linkage.", valueName: "arcsec"))
  var maxRmsArcsec = LinkingOptions().maximumRmsArcsec
  @Option(
    help: ArgumentHelp(
      "Only linkages with a detection of this night (evening's date); may be repeated.",
      valueName: "YYYY-MM-DD"))
  var newNight: [String] = []

  var options: LinkingOptions {
    var options = LinkingOptions()
    options.minimumNights = minNights
    options.minimumDetections = minDetections
    options.windowDays = windowDays
    options.maximumRateDegPerDay = maxRate
    options.minimumDistanceAU = minDistance
    options.maximumDistanceAU = maxDistance
    options.maximumRmsSigmas = maxRmsSigmas
    options.maximumRmsArcsec = maxRmsArcsec
    if !newNight.isEmpty {
      options.newNights = Set(newNight.compactMap { Night(date: $0)?.mjd })
    }
    return options
  }

  func validate() throws {
    for text in newNight where Night(date: text) == nil {
      throw ValidationError("--new-night \(text): expected a date such as 2026-11-22")
    }
    do throws(LinkingError) { try options.validate() } catch {
      throw ValidationError("\(error)")
    }
  }
}
