import Astro
import Dynamics

/// Non-gravitational parameters in OrbFit's files: `LSP model count dimension`, `NGR` numbers.
///
/// Model 1, asteroids: area over mass for the pressure of sunlight [m²/t] and the transverse A2
/// [1e-10 au/d²], both falling as 1/r². Model 2, comets: A1, A2, A3 [au/d²] by the sublimation of
/// water ice, and a delay [d]. (OrbFit 5: dyn_param, non_grav, force_model.)
enum OEFDynamics {
  /// Acceleration by sunlight at 1 au for 1 m²/t [au/d²]: OrbFit's 1370 W/m² over the speed of light.
  static let sunlight =
    1370 / 299_792_458 / 1000 * (86_400.0 * 86_400) / (Constants.auKm * 1000)
  static let transverseUnit = 1e-10

  struct Model {
    var number: Int
    var parameters: [Double]
  }

  /// - Returns: nil where neither model holds the orbit's accelerations.
  static func model(_ a: Vector3, _ law: NonGravitational.Law) -> Model? {
    if law == .waterIce { return Model(number: 2, parameters: [a.x, a.y, a.z, 0]) }
    guard law == .inverseSquare, a.z == 0 else { return nil }
    return Model(number: 1, parameters: [a.x / sunlight, a.y / transverseUnit])
  }

  /// - Parameters:
  ///   - lsp: the words of the LSP line; empty where there is none.
  ///   - parameters: the numbers of the NGR line.
  /// - Returns: accelerations and their law; nil where the orbit has none.
  static func accelerations(
    _ lsp: [String], _ parameters: [Double]
  ) throws(FieldFault) -> (a: Vector3, law: NonGravitational.Law)? {
    guard let model = lsp.dropFirst().first.flatMap({ Int($0) }), model != 0 else { return nil }
    guard model == 1 || model == 2 else {
      throw FieldFault(
        field: "LSP",
        reason: "model \(model) of forces is none that is known: 1 (sunlight, Yarkovsky) and 2"
          + " (comets) are")
    }
    guard !parameters.isEmpty else {
      throw FieldFault(
        field: "LSP",
        reason: "the orbit has non-gravitational parameters that the record does not give; "
          + "import the object from a file that has them (OEF with NGR, mpc_orb JSON, orbit CSV)")
    }
    func parameter(_ index: Int) -> Double { index < parameters.count ? parameters[index] : 0 }
    guard model == 1 || parameter(3) == 0 else {
      throw FieldFault(
        field: "NGR", reason: "a delay of \(parameter(3)) d of the outgassing is not understood")
    }
    let a =
      model == 1
      ? Vector3(parameter(0) * sunlight, parameter(1) * transverseUnit, 0)
      : Vector3(parameter(0), parameter(1), parameter(2))
    guard a.norm < 1e-3 else {
      throw FieldFault(field: "NGR", reason: "\(parameters) are out of range for accelerations")
    }
    return a.norm == 0 ? nil : (a, model == 1 ? .inverseSquare : .waterIce)
  }
}
