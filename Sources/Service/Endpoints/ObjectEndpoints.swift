import HTTPTypes
import Catalog
import Dynamics
import Exchange
import Foundation

/// Objects: one with all that is known of it, lists by condition, names.
enum ObjectEndpoints {
  static let idParameter = Parameter(
    "id", .text(maximum: 60),
    "Designation, readable or packed (percent-encoded), or ssObjectId.", example: "2004 JQ12",
    inPath: true)

  static func all(_ state: ServiceState) -> [Endpoint] {
    [list(state), object(state), names(state)]
  }

  // MARK: - One

  private static func object(_ state: ServiceState) -> Endpoint {
    Endpoint(
      path: "/v1/objects/{id}", operation: "object",
      summary: "An object: orbit, covariance, observations, residuals.",
      description: """
        `orbit` is the solution in force: barycentric or heliocentric state (ICRF; au, au/d), the \
        covariance of x, y, z, vx, vy, vz by rows, quality. `mpc_orbits` and `SSObject` are the \
        catalog's rows. `observations` are its detections in the order of time with what the \
        orbit says of each (`SSSource`: places in degrees, offsets in arcsec).
        """,
      tag: "objects", parameters: [idParameter],
      otherStatuses: [
        (301, "The object is a part of another one now."), (404, "No such object."),
      ]
    ) { call in
      let id: Int64
      switch try ObjectName.find(call.arguments.text("id") ?? "", state) {
      case .found(let number): id = number
      case .moved(let reply): return reply
      }
      guard let page = try state.catalog.objectPage(id) else {
        throw HTTPProblem(.notFound, "the object left the catalog meanwhile", parameter: "id")
      }
      return Reply.json(8 << 10) { ObjectJSON.write(page, to: &$0) }
    }
  }

  // MARK: - Many

  private static func list(_ state: ServiceState) -> Endpoint {
    Endpoint(
      path: "/v1/objects", operation: "objects",
      summary: "Objects that meet a condition, page by page.",
      description: """
        The condition is an SQL expression on the columns of `mpc_orbits` and on nObs, arc, \
        firstObservationMjdTai, MOIDEarth and tisserand_J of `SSObject`, e.g. \
        `q < 1.3 AND h < 22`. Objects come by ascending ssObjectId; `next` is the cursor of the \
        next page, null on the last one.
        """,
      tag: "objects",
      parameters: [
        Parameter(
          "where", .text(maximum: 4_000), "SQL expression; all objects without it.",
          example: "q < 1.3 AND h < 22"),
        Parameter(
          "limit", .integer(1...1_000), default: "100", "Objects on a page.", example: "50"),
        Parameter("cursor", .text(maximum: 24), "The `next` of the page before."),
        Parameter(
          "format", .choice(["json", "csv", "votable"]), default: "json", "Of the answer."),
      ], mediaTypes: ["application/json", "text/csv", "application/x-votable+xml"], weight: .heavy
    ) { call in
      let limit = call.arguments.integer("limit") ?? 100
      let cursor = call.arguments.text("cursor")
      guard let after = cursor.map({ Int64($0) }) ?? 0, after >= 0 else {
        throw HTTPProblem.badParameter("cursor", "cursor must be the 'next' of an earlier page")
      }
      let condition = call.arguments.text("where")
      let found: (columns: [TableColumn], rows: TableBatch)
      do {
        found = try await Blocking.run {
          try state.queries.objects(
            where: condition, after: after, count: limit, seconds: state.options.querySeconds)
        }
      } catch CatalogError.badQuery(_, let reason) {
        throw HTTPProblem.badParameter("where", "the condition does not run: \(reason)")
      }
      let rows = found.rows
      let next = rows.rowCount == limit ? rows.columns[0].integers.last : nil
      let table = ReplyTable(
        name: "objects", description: TableColumn.summary(table: "mpc_orbits"),
        columns: found.columns, rows: rows)
      var reply = try await table.reply(call.arguments.text("format") ?? "json") { text in
        text.add("next", next.map { "\($0)" })
        text.add("count", rows.rowCount)
      }
      if let next {
        let query = [
          condition.map { "where=" + PercentEncoding.encode($0) }, "limit=\(limit)",
          call.arguments.text("format").map { "format=" + $0 }, "cursor=\(next)",
        ].compactMap { $0 }.joined(separator: "&")
        reply.headers.append((HTTPField.Name.link, "</v1/objects?\(query)>; rel=\"next\""))
      }
      return reply
    }
  }

  private static func names(_ state: ServiceState) -> Endpoint {
    Endpoint(
      path: "/v1/names", operation: "names",
      summary: "Designations that begin with a text, for completion.", tag: "objects",
      parameters: [
        Parameter(
          "prefix", .text(maximum: 40), required: true, "What the designation begins with.",
          example: "2004 J"),
        Parameter("limit", .integer(1...100), default: "20", "So many at most."),
      ], weight: .heavy
    ) { call in
      let names = state.names
      let wanted = Array((call.arguments.text("prefix") ?? "").uppercased().utf8)
      let limit = call.arguments.integer("limit") ?? 20
      var found: [String] = []
      for index in names.ids.indices where found.count < limit {
        let range = names.range(index)
        guard range.count >= wanted.count else { continue }
        var isSame = true
        for k in wanted.indices where isSame {
          let byte = names.bytes[range.lowerBound + k]
          isSame = ((0x61...0x7A).contains(byte) ? byte & 0xDF : byte) == wanted[k]
        }
        if isSame { found.append(names.name(index)) }
      }
      return Reply.json { $0.add("names", texts: found) }
    }
  }
}

/// Where a name in a path leads.
enum ObjectName {
  case found(Int64)
  case moved(Reply)

  static func find(
    _ name: String, _ state: ServiceState, suffix: String = ""
  ) throws -> ObjectName {
    switch try state.catalog.reference(named: name) {
    case .object(let id): return .found(id)
    case .merged(let into):
      var reply = Reply.json { $0.add("mergedInto", into) }
      reply.status = .movedPermanently
      reply.headers = [(.location, "/v1/objects/\(into)\(suffix)")]
      return .moved(reply)
    case .unknown:
      throw HTTPProblem(
        .notFound,
        "no object '\(name.prefix(60))' in the catalog: give a designation, readable or "
          + "packed, or an ssObjectId; /v1/names?prefix= completes", parameter: "id")
    }
  }
}
