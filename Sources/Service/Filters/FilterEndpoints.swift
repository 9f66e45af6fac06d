import Filters
import Foundation
import HTTPTypes

/// Users' filters: what there is, for those who may see it.
enum FilterEndpoints {
  static let owner = Parameter(
    "owner", .text(maximum: 64), "Whose filter; `ecliptic`: those that come with the program.",
    example: PredefinedFilters.owner, inPath: true)
  static let name = Parameter(
    "name", .text(maximum: 64), "The filter's name.", example: "near-earth-objects", inPath: true)

  static func all(_ state: ServiceState) -> [Endpoint] {
    [list(state), one(state), FilterCheck.endpoint(state)] + FilterChanges.all(state)
  }

  private static func list(_ state: ServiceState) -> Endpoint {
    Endpoint(
      path: "/v1/filters", operation: "filters",
      summary: "The filters that come with the program and, with a token, its owner's.",
      description: """
        `state` is enabled, disabled, suspended (with a `reason`: it overran its time or memory \
        three visits in a row) or, of filters that come with the program, offered: nobody has \
        switched it on. Other owners' filters are not shown.
        """,
      tag: "filters", weight: .heavy, access: .tokenMay
    ) { call in
      let holder = try await state.filters.holder(call)
      let filters = try await state.filters.filters(of: holder?.owner)
      return unkept(
        Reply.json(4 << 10) { text in
          text.add("owner", holder?.owner)
          text.array("filters") { text in
            for shown in filters { text.object { write(shown, to: &$0) } }
          }
        })
    }
  }

  private static func one(_ state: ServiceState) -> Endpoint {
    Endpoint(
      path: "/v1/filters/{owner}/{name}", operation: "filter",
      summary: "A filter: its text, version and state, and what it did.",
      description: """
        `statistics` are of its present version, over all days: visits, alerts matched, given out \
        and cut by the owner's cap, failures, processor time (ms). Filters of others than the \
        token's owner are not found.
        """,
      tag: "filters", parameters: [owner, name], otherStatuses: [(404, "No such filter of yours.")],
      weight: .heavy, access: .tokenMay
    ) { call in
      let (owner, name) = try names(call)
      let holder = try await state.filters.holder(call)
      let shown = try await state.filters.filters(of: holder?.owner).first {
        $0.filter.owner == owner && $0.filter.name == name
      }
      guard let shown else { throw missing(owner, name) }
      let totals = try await Blocking.run {
        try state.filters.ledger()?.totals().first {
          $0.filter == shown.filter.id && $0.version == shown.filter.version
        }
      }
      return unkept(
        Reply.json(2 << 10) { text in
          write(shown, to: &text)
          text.add("text", shown.filter.text)
          text.key("statistics")
          guard let totals else { return text.null() }
          text.object { write(totals, to: &$0) }
        })
    }
  }

  // MARK: - Parts

  /// The owner and name of a path.
  ///
  /// - Throws: 400 for what no filter can be called.
  static func names(_ call: Call) throws(HTTPProblem) -> (owner: String, name: String) {
    let (owner, name) = (call.arguments.text("owner") ?? "", call.arguments.text("name") ?? "")
    for (parameter, value) in [("owner", owner), ("name", name)] {
      if let fault = UserFilter.fault(ofName: value) {
        throw .badParameter(parameter, "\(parameter) \(fault)")
      }
    }
    return (owner, name)
  }

  static func missing(_ owner: String, _ name: String) -> HTTPProblem {
    HTTPProblem(
      .notFound,
      "there is no filter \(owner)/\(name) that you may see; with a token its owner's are "
        + "shown", parameter: "name")
  }

  /// For one reader alone.
  static func unkept(_ reply: Reply) -> Reply {
    var reply = reply
    reply.caching = "no-store"
    return reply
  }

  private static func write(_ shown: FilterDesk.Shown, to text: inout JSONText) {
    text.add("filter", shown.filter.id)
    text.add("owner", shown.filter.owner)
    text.add("name", shown.filter.name)
    text.add("version", shown.filter.version)
    text.add("state", shown.state)
    text.add("reason", shown.reason)
    text.add("predefined", shown.isPredefined)
    text.add("created", shown.created?.formatted(.iso8601))
  }

  private static func write(_ totals: FilterLedger.Totals, to text: inout JSONText) {
    text.add("visits", totals.visits)
    text.add("matched", totals.matched)
    text.add("delivered", totals.delivered)
    text.add("cut", totals.cut)
    text.add("failures", totals.failures)
    text.add("milliseconds", totals.milliseconds, decimals: 3)
    text.add("longestMilliseconds", totals.longestMilliseconds, decimals: 3)
    text.add("lastFailure", totals.lastFailure)
  }
}
