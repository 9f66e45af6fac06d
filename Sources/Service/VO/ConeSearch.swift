import Astro
import Astrometry
import Catalog
import Dynamics
import Exchange
import Foundation
import HTTPTypes

/// IVOA Simple Cone Search 1.03 (doi:10.5479/ADS/bib/2008ivoa.specQ0222P) with the parameters EPOCH
/// and OBSERVER that IMCCE's SkyBoT has. What is wrong is told in a VOTable, with status 200, as
/// the standard has it.
enum ConeSearch {
  static func all(_ state: ServiceState) -> [Endpoint] {
    [
      Endpoint(
        path: "/scs", operation: "conesearch",
        summary: "Simple Cone Search with EPOCH and OBSERVER, as SkyBoT's.",
        description: """
          RA, DEC [deg, ICRS] and SR (radius, deg) as the standard has them; SR = 0 gives the \
          columns alone. EPOCH (Julian date or ISO 8601, UTC; default: now), OBSERVER (MPC code; \
          default X05), VERB (1 to 3). Names in any case; others are passed over. Errors come as a \
          VOTable with an INFO named Error.
          """,
        tag: "virtual observatory",
        parameters: [
          Parameter("RA", .text(maximum: 40), "Right ascension, deg.", example: "180.0"),
          Parameter("DEC", .text(maximum: 40), "Declination, deg.", example: "0.0"),
          Parameter("SR", .text(maximum: 40), "Radius, deg.", example: "1.0"),
          Parameter(
            "EPOCH", .text(maximum: 64), "Julian date or ISO 8601 (UTC).", example: "2461367.5"),
          Parameter("OBSERVER", .text(maximum: 10), default: "X05", "MPC code.", example: "X05"),
          Parameter("VERB", .text(maximum: 4), default: "2", "1: few columns, 3: all."),
          Parameter("MAXREC", .text(maximum: 12), "So many rows at most."),
        ], ignoresUnknown: true, mediaTypes: ["text/xml"],
        otherStatuses: Endpoint.tableStatuses, weight: .prediction
      ) { call in
        do {
          return try await answer(call.arguments, state)
        } catch let problem as HTTPProblem where problem.retryAfter == nil {
          return error(problem.detail)
        }
      }
    ]
  }

  /// - Throws: ``HTTPProblem`` for what is wrong with the parameters.
  private static func answer(_ arguments: Arguments, _ state: ServiceState) async throws -> Reply {
    let radius = try number("SR", arguments, 0...180)
    let query = FieldQuery(
      raDeg: try number("RA", arguments, 0...360), decDeg: try number("DEC", arguments, -90...90),
      radiusDeg: radius, epoch: try epoch(arguments.text("EPOCH"), state),
      observatory: try Arguments.observatory(
        "OBSERVER", arguments.text("OBSERVER") ?? "X05", state.solarSystem))
    guard radius <= state.options.widestRadiusDeg else {
      throw HTTPProblem(
        .badRequest, "SR is \(radius): at most \(state.options.widestRadiusDeg) degrees here")
    }
    let verbosity = arguments.text("VERB") ?? "2"
    guard ["1", "2", "3"].contains(verbosity) else {
      throw HTTPProblem(.badRequest, "VERB is '\(verbosity.prefix(10))': expected 1, 2 or 3")
    }
    var found = FieldQuery.Answer(objects: [], ended: [], mjdUtc: 0)
    if radius > 0 { found = try await query.answer(state) }
    if let text = arguments.text("MAXREC") {
      guard let most = Int(text), most >= 0 else {
        throw HTTPProblem(.badRequest, "MAXREC is '\(text)': expected a number of rows")
      }
      found.objects = Array(found.objects.prefix(most))
    }
    var table = PredictedTable.table(found, state.names)
    if verbosity == "1" {
      let few = [0, 2, 3, 10, 15]
      table.columns = few.map { table.columns[$0] }
      var rows = TableBatch([])
      rows.columns = few.map { table.rows.columns[$0] }
      table.rows = rows
    }
    var reply = try await table.reply("votable") { _ in }
    reply.contentType = "text/xml; content=x-votable"
    return reply
  }

  private static func number(
    _ name: String, _ arguments: Arguments, _ range: ClosedRange<Double>
  ) throws(HTTPProblem) -> Double {
    guard let text = arguments.text(name) else {
      throw HTTPProblem(.badRequest, "\(name) is missing: a number of degrees")
    }
    guard let value = Double(text), range.contains(value) else {
      throw HTTPProblem(
        .badRequest,
        "\(name) is '\(text)': expected degrees from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// SkyBoT's EPOCH: a Julian date (UTC), or ISO 8601; `now` without one.
  private static func epoch(
    _ text: String?, _ state: ServiceState
  ) throws(HTTPProblem) -> Epoch<TDB> {
    guard let text, text != "now" else { return state.solarSystem.now }
    if let day = Double(text) {
      guard (2_400_000.5...5_400_000.5).contains(day) else {
        throw HTTPProblem(.badRequest, "EPOCH is \(text): expected a Julian date such as 2461367.5")
      }
      let utc = Epoch<UTC>(mjdDay: day.rounded(.down) - 2_400_001, fraction: 0.5)
        .adding(days: day - day.rounded(.down))
      return state.solarSystem.leapSeconds.tai(utc).tdb
    }
    return try Arguments.time("EPOCH", text, state.solarSystem)
  }

  /// As the standard wants it: a VOTable with an INFO.
  private static func error(_ reason: String) -> Reply {
    let text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
      <RESOURCE type="results">
      <INFO name="QUERY_STATUS" value="ERROR">\(XMLText.escaped(reason))</INFO>
      <INFO name="Error" value="\(XMLText.escaped(reason))"/>
      </RESOURCE>
      </VOTABLE>

      """
    var reply = Reply("text/xml; content=x-votable", Array(text.utf8))
    reply.caching = "no-store"
    return reply
  }
}
