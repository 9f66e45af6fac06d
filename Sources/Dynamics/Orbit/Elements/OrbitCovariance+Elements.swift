extension OrbitCovariance {
  /// The covariance of a set of elements: 36 numbers by rows, units as ``ElementKind`` has them.
  ///
  /// By the square root, so that it stays positive definite: R J with J = ∂(state)/∂(elements).
  /// - Parameter elements: of the orbit that this is the uncertainty of, at its epoch.
  /// - Returns: nil where the elements are singular: some of their uncertainties are infinite.
  public func covariance(
    of elements: ElementSet, gm: Double = GravitationalParameter.sun
  ) -> [Double]? {
    let partials = elements.statePartials(gm: gm)
    var product = InlineArray<36, Double>(repeating: 0)
    for i in 0..<6 {
      for j in 0..<6 {
        var sum = 0.0
        for k in i..<6 { sum += squareRootInformation[6 * i + k] * partials[k, j] }
        guard sum.isFinite else { return nil }
        product[6 * i + j] = sum
      }
    }
    // Each column in units of its own length: then a tiny diagonal means that it depends on others.
    var lengths = [Double](repeating: 0, count: 6)
    for j in 0..<6 {
      var sum = 0.0
      for i in 0..<6 { sum += product[6 * i + j] * product[6 * i + j] }
      lengths[j] = sum.squareRoot()
      guard lengths[j] > 0 else { return nil }
      for i in 0..<6 { product[6 * i + j] /= lengths[j] }
    }
    OrbitCovariance.triangularise(&product)
    var root = [Double](repeating: 0, count: 36)
    for i in 0..<6 {
      guard abs(product[7 * i]) > 1e-15 else { return nil }
      for j in i..<6 { root[6 * i + j] = product[6 * i + j] * lengths[j] }
    }
    return OrbitCovariance(squareRootInformation: root).covariance
  }

  /// The covariance of the state from that of a set of elements.
  ///
  /// - Parameters:
  ///   - covariance: of the elements, 36 numbers by rows, units as ``ElementKind`` has them.
  ///   - elements: that it belongs to.
  /// - Returns: nil when the matrix is not positive definite, or the elements are singular.
  public init?(
    covariance: [Double], of elements: ElementSet, gm: Double = GravitationalParameter.sun
  ) {
    guard let own = OrbitCovariance(covariance: covariance),
      let made = own.propagated(by: elements.statePartials(gm: gm))
    else { return nil }
    self = made
  }
}
