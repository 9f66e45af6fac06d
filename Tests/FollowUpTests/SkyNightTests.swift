import Astro
import Astrometry
import Dynamics
import FollowUp
import Foundation
import TestSupport
import Testing

@Suite struct SkyNightTests {
  /// Cerro Pachón on the night of the total lunar eclipse of 2025 March 14 (NASA/GSFC, Espenak: greatest
  /// eclipse at 06:58:43 UTC): the Moon is full and up, and its phase angle at the step nearest to it
  /// is that of its disc in the Earth's shadow, below 1.5° with the observer's parallax.
  @Test func moonIsFullAtAnEclipse() throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let night = try SkyNight(
      solarSystem, observatory: .rubin, night: try #require(Night(date: "2025-03-13")))
    let greatest = solarSystem.leapSeconds.tai(
      Epoch<UTC>(mjd: 60748 + (6 + (58 + 43.0 / 60) / 60) / 24)
    ).tdb
    let step = try #require(
      night.steps.min {
        abs($0.epoch.days(since: greatest)) < abs($1.epoch.days(since: greatest))
      })
    #expect(abs(step.epoch.days(since: greatest)) < 6.0 / 1440)
    #expect(step.moonPhase < 1.5 * Angle.degree)
    #expect(step.moonAltitude > 30 * Angle.degree)
    // Mid-March at latitude -30: astronomical twilight ends some 1.4 h after sunset, 12 h later the Sun
    // rises; between Sun -15° and -15° some 9.7 h.
    #expect(abs(night.darkHours - 9.8) < 0.5)
  }

  /// North of 60° (ρ sin φ′ above 0.88 is latitude 62°) the Sun is never 15° down at midsummer, and for more
  /// than half of a day at midwinter.
  @Test func midsummerInTheNorthHasNoDarkness() throws {
    let solarSystem = try SolarSystem.load(folder: TestPaths.ephemerides)
    let far = solarSystem.observatories.all.first { ($0.site?.rhoSinPhi ?? 0) > 0.88 }
    let northern = try #require(far)
    let summer = try SkyNight(
      solarSystem, observatory: northern.code, night: try #require(Night(date: "2025-06-21")))
    #expect(summer.steps.isEmpty)
    let winter = try SkyNight(
      solarSystem, observatory: northern.code, night: try #require(Night(date: "2025-12-21")))
    #expect(winter.darkHours > 12)
  }
}
