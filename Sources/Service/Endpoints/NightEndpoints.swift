import HTTPTypes
import Astrometry
import Catalog
import Exchange
import Foundation

/// What a night brought.
enum NightEndpoints {
  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        path: "/v1/nights", operation: "nights",
        summary: "Nights that the catalog has detections of, the newest first.", tag: "nights",
        parameters: [
          Parameter("limit", .integer(1...1_000), default: "100", "So many at most.")
        ], weight: .heavy
      ) { call in
        let limit = call.arguments.integer("limit") ?? 100
        let nights = try await Blocking.run { try state.catalog.nights(limit: limit) }
        return Reply.json { text in
          text.array("nights") { text in
            for night in nights { text.object { write(night, to: &$0) } }
          }
        }
      },
      Endpoint(
        path: "/v1/nights/{date}", operation: "night",
        summary: "A night: detections, visits, what the nightly run found and how long it took.",
        description: """
          `visits` are the night's exposures with their middle on the sky (deg); `run` is the \
          newest nightly run that ended with that night, its stages with their seconds and figures.
          """,
        tag: "nights",
        parameters: [
          Parameter(
            "date", .date, "Date of the evening; nights last from local noon to noon.",
            example: "2026-11-22", inPath: true)
        ],
        otherStatuses: [(404, "The catalog has nothing of that night.")], weight: .heavy
      ) { call in
        let date = call.arguments.text("date") ?? ""
        let night = Night(date: date)
        guard let night,
          let page = try await Blocking.run({ try state.catalog.nightPage(night.mjd) })
        else {
          throw HTTPProblem(
            .notFound,
            "the catalog has no detections of the night \(date); /v1/nights lists those "
              + "that it has", parameter: "date")
        }
        return Reply.json(16 << 10) { write(page, to: &$0) }
      },
    ]
  }

  private static func write(_ night: NightCounts, to text: inout JSONText) {
    text.add("night", "\(Night(mjd: night.night))")
    text.add("mjd", night.night)
    text.add("detections", night.detections)
    text.add("attributed", night.attributed)
    text.add("objects", night.objects)
  }

  private static func write(_ page: NightPage, to text: inout JSONText) {
    write(page.counts, to: &text)
    text.array("visits") { text in
      for visit in page.visits {
        text.object { text in
          text.add("visit", visit.visit)
          text.add("observatory", visit.observatory)
          text.add("midpointMjdTai", visit.midpointMjdTai)
          text.add("band", visit.band)
          text.add("ra", visit.raDeg, decimals: 4)
          text.add("dec", visit.decDeg, decimals: 4)
          text.add("detections", visit.detections)
        }
      }
    }
    text.key("run")
    guard !page.stages.isEmpty else { return text.null() }
    text.object { text in
      text.add("startedAt", page.stages.map(\.startedAt).min()?.formatted(.iso8601))
      text.add("seconds", page.stages.reduce(0) { $0 + $1.seconds })
      text.array("stages") { text in
        for stage in page.stages {
          text.object { text in
            text.add("stage", stage.stage)
            text.add("seconds", stage.seconds)
            text.key("figures")
            text.json(stage.figures)
          }
        }
      }
    }
  }
}

extension JSONText {
  /// A text that is JSON already; null for one that is not.
  fileprivate mutating func json(_ text: String) {
    let data = Data(text.utf8)
    guard (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil else {
      return null()
    }
    verbatim(Array(text.utf8))
  }
}
