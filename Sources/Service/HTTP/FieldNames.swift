import HTTPTypes

extension HTTPField.Name {
  /// RFC 8288.
  static let link = HTTPField.Name("Link") ?? .via
  static let xForwardedFor = HTTPField.Name("X-Forwarded-For") ?? .via
}
