/// The Avro schema of simulated alerts as JSON, made from ``AlertFields``.
enum AlertSchemaText {
  private static let namespace = "ecliptic.simulated.v10_0"

  static let json = record("alert", AlertFields.alert)

  /// Record types that a field may name, with their fields.
  private static let records = [
    "diaSource": AlertFields.diaSource, "diaForcedSource": AlertFields.diaForcedSource,
    "diaObject": AlertFields.diaObject, "ssSource": AlertFields.ssSource,
    "mpc_orbits": AlertFields.mpcOrbits,
  ]

  private static func record(_ name: String, _ lines: String) -> String {
    var fields: [String] = []
    var type = ""
    var defined: Set<String> = []
    for line in lines.split(separator: "\n") {
      var names = line.split(separator: " ")[...]
      if !line.hasPrefix("  "), let first = names.popFirst() { type = String(first.dropLast()) }
      for field in names {
        fields.append(#"{"name":"\#(field)",\#(attributes(type, &defined))}"#)
      }
    }
    return
      #"{"type":"record","name":"\#(namespace).\#(name)","fields":[\#(fields.joined(separator: ","))]}"#
  }

  /// `"type":…` and, where null is allowed, `"default":null`.
  private static func attributes(_ type: String, _ defined: inout Set<String>) -> String {
    if type.hasSuffix("?") {
      return #""type":["null",\#(typeText(String(type.dropLast()), &defined))],"default":null"#
    }
    return #""type":\#(typeText(type, &defined))"#
  }

  /// A type's JSON; a record is written out where it stands first and named afterwards.
  private static func typeText(_ type: String, _ defined: inout Set<String>) -> String {
    if type.hasPrefix("[") {
      let items = String(type.dropFirst().dropLast())
      return #"{"type":"array","items":\#(typeText(items, &defined))}"#
    }
    if type == "micros" { return #"{"type":"long","logicalType":"timestamp-micros"}"# }
    guard let lines = records[type] else { return #""\#(type)""# }
    return defined.insert(type).inserted ? record(type, lines) : #""\#(namespace).\#(type)""#
  }
}
