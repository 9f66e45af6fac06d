/// The images that come with an alert.
public struct AlertStamp: Sendable {
  /// Field of the alert: `cutoutScience`, `cutoutTemplate`, `cutoutDifference`.
  public var name: String
  /// FITS, decompressed.
  public var fits: [UInt8]

  package init(name: String, fits: [UInt8]) {
    self.name = name
    self.fits = fits
  }

  /// A stamp is not believed to be larger [bytes].
  private static let longest = 1 << 28

  /// The stamps of an alert: LSST's are FITS, ZTF's gzipped FITS in a record with a file name.
  ///
  /// - Throws: ``AlertsError`` for one that is damaged.
  public static func stamps(of alert: AvroValue) throws(AlertsError) -> [AlertStamp] {
    guard case .record(let record) = alert else { return [] }
    var stamps: [AlertStamp] = []
    for field in record.fields where field.key.hasPrefix("cutout") {
      guard let octets = field.value.octets ?? field.value["stampData"]?.octets, !octets.isEmpty
      else { continue }
      let isGzip = octets.starts(with: [0x1f, 0x8b])
      do throws(AlertsError) {
        stamps.append(AlertStamp(name: field.key, fits: isGzip ? try expand(octets) : octets))
      } catch {
        throw .file(field.key, reason: "its stamp is damaged: \(error)")
      }
    }
    return stamps
  }

  private static func expand(_ octets: [UInt8]) throws(AlertsError) -> [UInt8] {
    let result: Result<[UInt8], AlertsError> = octets.withUnsafeBytes { bytes in
      do throws(AlertsError) {
        return .success(try Deflate.inflate(bytes, format: .gzip, limit: longest))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
