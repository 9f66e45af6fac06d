/// What readers say of radar that is not wanted.
enum RadarText {
  static var refused: FieldFault {
    FieldFault(
      field: "delay, doppler",
      reason: "a radar measurement; only `ecliptic fit` uses them, elsewhere directions alone")
  }
}
