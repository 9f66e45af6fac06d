/// How close states of one object must lie at the reference epoch.
enum ClusterTolerance {
  /// Scale of the position tolerance with range [au]: an angle, but near the Earth a length.
  @inline(__always)
  static func scale(_ range: Double) -> Double { max(range, 0.3) }

  /// A tolerance [rad] that brings few tracklets together by chance.
  ///
  /// - Parameter tracklets: those of one window.
  static func automatic(_ tracklets: ArraySlice<Tracklet>, _ options: LinkingOptions) -> Double {
    options.clusterToleranceRad ?? 0.004
  }
}
