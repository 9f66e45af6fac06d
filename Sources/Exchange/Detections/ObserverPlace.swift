import Astro
import Dynamics

// Places on the turning Earth that roving observers give.

extension DetectionFile.Options {
  /// Geocentric ICRF [km] of a place given by WGS 84 longitude, latitude and height.
  func geocentricKm(
    eastDeg: Double, northDeg: Double, heightMeters: Double, at time: Epoch<TAI>
  ) throws(FieldFault) -> Vector3 {
    guard (-360...360).contains(eastDeg), (-90...90).contains(northDeg),
      (-1_000...100_000).contains(heightMeters)
    else {
      throw FieldFault(
        field: "place",
        reason: """
          longitude \(eastDeg)°, latitude \(northDeg)°, height \(heightMeters) m are not a place on \
          the Earth
          """)
    }
    return try earth().geocentricKm(
      longitudeRad: eastDeg * Angle.degree, latitudeRad: northDeg * Angle.degree,
      heightMeters: heightMeters, at: time)
  }

  /// Rotates places fixed on the Earth (ITRF) to ICRF axes.
  func rotation(at time: Epoch<TAI>) throws(FieldFault) -> Matrix3 {
    try earth().celestialToTerrestrial(at: time).transpose
  }

  private func earth() throws(FieldFault) -> EarthOrientation {
    guard let earthOrientation else {
      throw FieldFault(
        field: "place",
        reason: "a place on the Earth's surface needs Earth orientation data, which are not loaded")
    }
    return earthOrientation
  }
}
