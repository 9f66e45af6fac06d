/// Filters that come with the program: what most people ask first. Their owner is `ecliptic`; add
/// them under a name of your own to change them.
public enum PredefinedFilters {
  public static let owner = "ecliptic"

  public static let all: [UserFilter] = [
    filter(
      "bright-transients", "Brighter than 19, real, new, and no known solar-system object.",
      """
      magnitude < 19 AND reliability > 0.6 AND coalesce(isNegative, 0) = 0
        AND ssSource_ssObjectId IS NULL AND coalesce(tag_probability, 0) < 0.05
        AND abs(ecliptic_latitude(ra, dec)) > 2
      ORDER BY magnitude
      """),
    filter(
      "near-earth-objects", "Known objects that come within 1.3 au of the Sun, the nearest first.",
      """
      mpc_orbits_q < 1.3 AND coalesce(ssSource_topoRange, 99) < 1
      ORDER BY ssSource_topoRange
      """),
    filter(
      "trailed-fast-movers",
      "Trails longer than twice their error and than 2 arcsec that are no known object.",
      """
      trailLength > 2 AND trailLength > 2 * coalesce(trailLengthErr, 0) AND reliability > 0.5
        AND coalesce(glint_trail, 0) = 0 AND ssSource_ssObjectId IS NULL AND history_count = 0
      ORDER BY trailLength DESC
      """),
    filter(
      "comet-candidates", "Known objects on asteroids' orbits that look extended.",
      """
      ssSource_ssObjectId IS NOT NULL AND extendedness > 0.9 AND snr > 10
        AND coalesce(trailLength, 0) < 2 AND coalesce(mpc_orbits_e, 0) < 0.9
        AND coalesce(ssSource_designation, '') NOT GLOB '*[CPDX]/*'
      ORDER BY snr DESC
      """),
    filter(
      "interstellar-candidates", "Orbits with e above 1 by more than three times its error.",
      """
      mpc_orbits_e - 3 * coalesce(mpc_orbits_e_unc, 0) > 1
        AND coalesce(mpc_orbits_arc_length_total, 0) > 3
      ORDER BY mpc_orbits_e DESC
      """),
    filter(
      "brightening-objects", "Known objects at least a magnitude brighter than predicted.",
      """
      tag_isTagged = 1 AND tag_isAmbiguous = 0
        AND tag_magnitudeOffset < -1 - 3 * coalesce(magnitudeErr, 0)
      ORDER BY tag_magnitudeOffset
      """),
    filter(
      "missing-objects",
      "Known objects that should be half a magnitude above the limit, at places known to 2 arcsec.",
      """
      SELECT missingId, designation, ra, dec, ephVmag, limitV, sigmaMajor, midpointMjdTai
      FROM missing WHERE ephVmag < limitV - 0.5 AND coalesce(sigmaMajor, 0) < 2
      ORDER BY ephVmag
      """),
  ]

  private static func filter(_ name: String, _ purpose: String, _ text: String) -> UserFilter {
    UserFilter(owner: owner, name: name, text: "-- \(purpose)\n\(text)")
  }
}
