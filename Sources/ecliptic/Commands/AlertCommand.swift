import Alerts
import ArgumentParser
import Astrometry
import Foundation

struct AlertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert", abstract: "Looks at alerts.",
    discussion: "EXAMPLE\n  ecliptic alert show alerts.avro --limit 1",
    subcommands: [Show.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Shows an alert as a person reads it.",
      discussion: """
        EXAMPLE
          ecliptic alert show 170112044531933.bin --schemas schemas --stamps stamps
        """)

    @Argument(help: "A file of one or many alerts.")
    var file: String
    @Option(help: "Only the alert with this diaSourceId (candid for ZTF).")
    var id: Int64?
    @Option(help: "Schemas of framed alerts: a folder, or a schema registry's address.")
    var schemas: String?
    @Option(
      help: ArgumentHelp("Write the images into this folder, as FITS and PNG.", valueName: "folder")
    )
    var stamps: String?
    @Option(help: "Show at most this many alerts of the file.")
    var limit = 10
    @Flag(help: "All fields as JSON, one list of alerts.")
    var json = false

    func run() async throws {
      let registry = try schemas.map { try SchemaRegistry(at: $0) }
      let reader = AlertReader(registry: registry ?? SchemaRegistry())
      let opened = try AlertFile(url: URL(filePath: file), registry: reader.registry)
      let found = try await reader.packets(in: opened)
      var places = Dictionary(
        found.packets.map { ($0.location, $0) }, uniquingKeysWith: { first, _ in first })
      if let id { places = places.filter { $0.value.detection.diaSourceId == id } }
      var shown: [AvroValue] = []
      for (location, alert) in try opened.locatedAlerts(where: { places[$0] != nil }, limit: limit)
      {
        guard let packet = places[location] else { continue }
        shown.append(alert)
        if !json { try Reporting.printText(AlertText.describe(alert, packet)) }
        if let stamps { try write(alert, packet, to: URL(filePath: stamps)) }
      }
      if json {
        let parts = try shown.map { String(decoding: try $0.json(), as: UTF8.self) }
        try Reporting.printText("[" + parts.joined(separator: ",\n") + "]\n")
      } else if places.count > shown.count {
        Reporting.printError(
          "\(places.count - shown.count) more alerts; --limit shows more, --id one of them")
      }
      Reporting.printQuarantined(found.quarantined)
      if let id, places.isEmpty, found.quarantined.isEmpty {
        throw CommandError.unreadable(path: file, reason: "holds no alert \(id)")
      }
      try Reporting.exitIfQuarantined(found.quarantined.count)
    }

    private func write(_ alert: AvroValue, _ packet: AlertPacket, to folder: URL) throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for stamp in try AlertStamp.stamps(of: alert) {
        let name = "\(packet.detection.diaSourceId)_\(stamp.name)"
        for (ending, bytes) in [("fits", stamp.fits), ("png", try stamp.png())] {
          try OutputFile.write(to: folder.appending(path: "\(name).\(ending)").path) {
            try $0.write(bytes: bytes)
          }
        }
      }
    }
  }
}
