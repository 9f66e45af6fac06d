import Filters
import HTTPTypes

/// What a filter would have given its user in past nights, without keeping it.
enum FilterCheck {
  static func endpoint(_ state: ServiceState) -> Endpoint {
    Endpoint(
      method: .post, path: "/v1/filters/check", operation: "checkFilter",
      summary:
        "Checks a filter; shows what it would have chosen of past nights, and how long it takes.",
      description: """
        The filter is compiled in the sandbox that it would run in: `columns` and SQLite's `plan`. \
        Then it runs on the newest visits of past nights that are kept beside the catalog, the \
        newest first: `matched` alerts, those that the cap of 20 would have left (`kept`, with \
        their light records), processor time. `leftOut` visits were not tried: there were more \
        than asked for, or no more time. Nothing is kept.
        """,
      tag: "filters",
      parameters: [
        Parameter("nights", .integer(1...31), default: "1", "Nights looked at, the newest ones."),
        Parameter("visits", .integer(0...200), default: "20", "Visits tried at most."),
        Parameter(
          "lines", .integer(0...20), default: "5", "Light records shown of each visit, at most."),
      ], requestBody: FilterBody.described,
      otherStatuses: [
        (413, "The filter is too long."), (422, "The filter is wrong; `detail` says how."),
      ], weight: .heavy
    ) { call in
      try state.filters.limitCheck(call.client)
      let text = try FilterBody.read(call)
      let (columns, plan, _) = try await compiled(text)
      guard await state.filters.gate.enter() else {
        throw HTTPProblem(.tooManyRequests, "too many filters are being checked", retryAfter: 5)
      }
      defer { state.filters.gate.leave() }
      var trial = FilterTrial(state.filters.archive)
      trial.nights = call.arguments.integer("nights") ?? 1
      trial.mostVisits = call.arguments.integer("visits") ?? 20
      trial.seconds = 5
      let result = try await withTaskExecutorPreference(state.filters.patient) { [trial] in
        try await trial.run(UserFilter(owner: "you", name: "filter", text: text))
      }
      let lines = call.arguments.integer("lines") ?? 5
      return FilterEndpoints.unkept(
        Reply.json(16 << 10) { text in
          text.add("columns", texts: columns)
          text.add("plan", texts: plan)
          write(result, lines: lines, to: &text)
        })
    }
  }

  /// - Throws: 422 for a filter that is wrong.
  @discardableResult
  static func compiled(
    _ text: String
  ) async throws -> (columns: [String], plan: [String], tables: Set<String>) {
    do {
      return try await Blocking.run { try FilterRunner.check(text) }
    } catch let error as FilterError {
      if case .engine = error { throw error }
      throw HTTPProblem(.unprocessableContent, "the filter is wrong: \(error)", parameter: "text")
    }
  }

  private static func write(
    _ result: FilterTrial.Result, lines: Int, to text: inout JSONText
  ) {
    text.add("matched", result.matched)
    text.add("kept", result.kept)
    text.add("cut", result.cut)
    text.add("milliseconds", result.milliseconds, decimals: 3)
    text.add("longestMilliseconds", result.longestMilliseconds, decimals: 3)
    text.add("wouldBeSuspended", result.wouldBeSuspended)
    text.add("leftOut", result.leftOut)
    text.add("unreadable", result.unreadable.count)
    text.array("visits") { text in
      for visit in result.visits {
        text.object { text in
          text.add("exposure", visit.visit)
          text.add("night", "\(visit.night)")
          text.add("alerts", visit.alerts)
          text.add("matched", visit.outcome.matched)
          text.add("kept", visit.outcome.lines.count)
          text.add("cut", visit.outcome.cut)
          text.add("milliseconds", visit.outcome.milliseconds, decimals: 3)
          text.add("failure", visit.outcome.failure?.description)
          text.array("lines") { text in
            for line in visit.outcome.lines.prefix(lines) {
              let record = LightRecord.line(visit.outcome, line.values, visit: visit.visit)
              text.verbatim(Array(record.utf8.dropLast()))
            }
          }
        }
      }
    }
  }
}
