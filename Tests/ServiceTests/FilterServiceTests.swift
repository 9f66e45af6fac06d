import Alerts
import Astro
import Astrometry
import Catalog
import Dynamics
import Filters
import Foundation
import Testing

/// Users' filters over HTTP.
struct FilterServiceTests {
  private func ledger(_ service: RunningService) throws -> FilterLedger {
    try FilterLedger(path: FilterLedger.path(ofCatalog: service.catalogPath))
  }

  private func send(
    _ service: RunningService, _ method: String, _ path: String, token: String? = nil,
    _ body: String = ""
  ) async throws -> HTTPAnswer {
    var headers = ["Content-Type: text/plain"]
    if let token { headers.append("Authorization: Bearer \(token)") }
    return try await service.client.send(
      method: method, "/v1/filters" + path, headers, Array(body.utf8))
  }

  private func names(_ answer: HTTPAnswer) throws -> [String] {
    (try answer.json()["filters"] as? [[String: Any]] ?? []).compactMap { $0["filter"] as? String }
  }

  @Test("Owners see and change their own, others' are not found; without a token nothing changes")
  func owners() async throws {
    try await RunningService.run { service in
      let predefined = PredefinedFilters.all.map(\.id)
      #expect(try names(try await send(service, "GET", "")) == predefined)
      let text = "snr > 5 ORDER BY snr DESC"
      // Nobody has a token yet.
      #expect(try await send(service, "PUT", "/ana/fast", text).status == 401)
      let ledger = try ledger(service)
      let (ana, _) = try ledger.addToken(owner: "ana", expires: nil)
      let (bob, _) = try ledger.addToken(owner: "bob", expires: nil)
      for wrong in ["ecl_x", ana + "x", "", "a b"] {
        let answer = try await send(service, "PUT", "/ana/fast", token: wrong, text)
        #expect(
          answer.status == 401 && answer.headers["www-authenticate"]?.contains("Bearer") == true)
      }
      let refused = try await send(service, "PUT", "/ana/fast", token: bob, text)
      #expect(refused.status == 403 && refused.text.contains("bob alone"))
      #expect(try await send(service, "PUT", "/ecliptic/fast", token: bob, text).status == 403)
      #expect(try service.catalog.userFilters().isEmpty)

      let put = try await send(service, "PUT", "/ana/fast", token: ana, text)
      #expect(put.status == 200 && put.text == #"{"filter":"ana/fast","version":1,"isNew":true}"#)
      let again = try await send(service, "PUT", "/ana/fast", token: ana, text)
      #expect(again.text.contains(#""version":1,"isNew":false"#))
      #expect(try service.catalog.userFilters().map(\.text) == [text])
      #expect(
        try names(try await send(service, "GET", "", token: ana)) == ["ana/fast"] + predefined)
      #expect(try names(try await send(service, "GET", "", token: bob)) == predefined)
      let one = try await send(service, "GET", "/ana/fast", token: ana)
      #expect(try one.json()["text"] as? String == text)
      #expect(try one.json()["state"] as? String == "enabled")
      #expect(one.headers["cache-control"] == "no-store")
      for token in [nil, bob] {
        let hidden = try await send(service, "GET", "/ana/fast", token: token)
        let none = try await send(service, "GET", "/ana/none", token: token)
        #expect(hidden.status == 404 && none.status == 404)
        // Neither says which of the two is there.
        #expect(hidden.text == none.text.replacing("none", with: "fast"))
      }
      #expect(try await send(service, "GET", "/ecliptic/missing-objects").status == 200)
    }
  }

  @Test("Disabled, suspended, enabled, removed; each change is in the audit with who did it")
  func life() async throws {
    try await RunningService.run { service in
      let ledger = try ledger(service)
      let (ana, token) = try ledger.addToken(owner: "ana", expires: nil)
      func state() async throws -> String? {
        try await send(service, "GET", "/ana/slow", token: ana).json()["state"] as? String
      }
      #expect(try await send(service, "PUT", "/ana/slow", token: ana, "snr > 1").status == 200)
      var outcome = FilterOutcome(filter: UserFilter(owner: "ana", name: "slow", text: "snr > 1"))
      outcome.failure = .tooSlow(limitMs: 100)
      for visit in ["1", "2", "3"] {
        var outcomes = [outcome]
        _ = try ledger.settle(&outcomes, visit: visit, part: "p", cap: 20)
      }
      #expect(try await state() == "suspended")
      let statistics = try await send(service, "GET", "/ana/slow", token: ana).json()["statistics"]
      #expect((statistics as? [String: Any])?["failures"] as? Int == 3)
      #expect(try await send(service, "POST", "/ana/slow/enable", token: ana).status == 200)
      #expect(try await state() == "enabled")
      #expect(try await send(service, "POST", "/ana/slow/disable", token: ana).status == 200)
      #expect(try await state() == "disabled")
      #expect(try await send(service, "POST", "/ana/slow/disable").status == 401)
      #expect(try await send(service, "DELETE", "/ana/slow", token: ana).status == 200)
      #expect(try await state() == nil)
      #expect(try await send(service, "DELETE", "/ana/slow", token: ana).status == 404)
      let metrics = try await service.client.get("/metrics").text
      #expect(metrics.contains("ecliptic_filter_failures_total{filter=\"users\"} 3"))
      #expect(!metrics.contains("ana"))
      // A new one of the name goes on with the numbers.
      let next = try await send(service, "PUT", "/ana/slow", token: ana, "snr > 2")
      #expect(next.text.contains(#""version":3"#))
      let audit = try ledger.auditEntries(subject: "ana", limit: 100).reversed()
      #expect(
        audit.map { "\($0.action) \($0.result)" } == [
          "add version 1", "enable enabled, version 1", "disable disabled, version 1",
          "remove removed",
          "remove failed: there is no filter ana/slow that you may see; with a token its owner's are "
            + "shown", "add version 3",
        ])
      #expect(
        audit.allSatisfy { $0.actor == "token \(token.id) of ana" && $0.client == "127.0.0.1" })
      _ = try ledger.revokeTokens(id: nil, owner: "ana")
      #expect(try await send(service, "PUT", "/ana/slow", token: ana, "snr > 3").status == 401)
    }
  }

  @Test("Another run that holds the catalog: 503, and nothing changes; what is too much is refused")
  func limits() async throws {
    try await RunningService.run { service in
      let (ana, _) = try ledger(service).addToken(owner: "ana", expires: nil)
      let holder = try Catalog(path: service.catalogPath, access: .readWriteExisting)
      let busy = try await send(service, "PUT", "/ana/a", token: ana, "snr > 1")
      #expect(busy.status == 503 && busy.headers["retry-after"] != nil)
      try holder.close()
      for (body, status) in [
        ("unheard > 1", 422), ("DROP TABLE alerts", 422), ("", 400),
        (String(repeating: " ", count: 20_001), 413), ("snr > 1 /*\u{0}*/", 400),
      ] {
        #expect(try await send(service, "PUT", "/ana/a", token: ana, body).status == status)
        #expect(try await send(service, "POST", "/check", body).status == status)
      }
      #expect(try await send(service, "PUT", "/ana/%2e%2e", token: ana, "snr > 1").status == 400)
      #expect(try service.catalog.userFilters().isEmpty)
      var last = 200
      for number in 0..<30 where last == 200 {
        last = try await send(service, "PUT", "/ana/f\(number)", token: ana, "snr > 1").status
      }
      #expect(last == 429)
    }
  }

  @Test("A check compiles the filter, runs it on past nights and shows what would have come")
  func check() async throws {
    try await RunningService.run { service in
      let empty = try await send(service, "POST", "/check", "snr > 1").json()
      #expect((empty["visits"] as? [Any])?.isEmpty == true)
      let archive = VisitArchive(folder: VisitArchive.path(ofCatalog: service.catalogPath))
      for number in 0..<3 {
        try await archive.keep(
          Self.visit(number), night: Night(mjd: 61_366), jobs: 1)
      }
      let answer = try await send(
        service, "POST", "/check?visits=2&lines=3",
        "SELECT diaSourceId, snr FROM alerts WHERE snr >= 10 ORDER BY snr DESC")
      let json = try answer.json()
      #expect(answer.status == 200 && json["columns"] as? [String] == ["diaSourceId", "snr"])
      #expect(json["matched"] as? Int == 60 && json["kept"] as? Int == 40)
      #expect(json["cut"] as? Int == 20 && json["leftOut"] as? Int == 1)
      let visits = try #require(json["visits"] as? [[String: Any]])
      #expect(visits.map { $0["exposure"] as? String } == ["X05 61366.5", "X05 61366.375"])
      let lines = try #require(visits[0]["lines"] as? [[String: Any]])
      #expect(lines.map { $0["snr"] as? Double } == [39, 38, 37])
      #expect(lines.map { $0["diaSourceId"] as? Int } == [239, 238, 237])
      let posted = try await service.client.post(
        "/v1/filters/check", #"{"text": "snr > 1000"}"#, type: "application/json")
      #expect(try posted.json()["matched"] as? Int == 0)
      let hostile = try await send(
        service, "POST", "/check",
        "SELECT a.diaSourceId FROM alerts a, alerts b, alerts c, alerts d, alerts e, alerts f "
          + "WHERE a.snr + b.snr + c.snr + d.snr + e.snr + f.snr = 1000")
      // As many visits as a busy machine could try in the time of a check.
      let stopped = try hostile.json()
      let failures = (stopped["visits"] as? [[String: Any]] ?? []).map { $0["failure"] as? String }
      #expect(!failures.isEmpty && failures.count + (stopped["leftOut"] as? Int ?? 0) == 3)
      #expect(failures.allSatisfy { $0?.hasPrefix("stopped: it takes more than") == true })
      #expect(stopped["wouldBeSuspended"] as? Bool == (failures.count == 3))
      #expect(try service.catalog.userFilters().isEmpty)
    }
  }

  /// 40 alerts with snr 0 to 39.
  private static func visit(_ number: Int) -> FilterVisit {
    var rows = VisitRows(columnCount: AlertColumns.all.count)
    let id = AlertColumns.all.firstIndex { $0.name == "diaSourceId" } ?? 0
    let snr = AlertColumns.all.firstIndex { $0.name == "snr" } ?? 0
    for row in 0..<40 {
      rows.addRow()
      rows.set(id, integer: Int64(number * 100 + row))
      rows.set(snr, real: Double(row))
    }
    let mjd = 61_366.25 + Double(number) / 8
    return FilterVisit(
      name: "X05 \(mjd)",
      exposure: Exposure(midpoint: Epoch<TAI>(mjd: mjd), observatory: .rubin),
      alerts: VisitTable(
        name: "alerts", columns: AlertColumns.all, key: "diaSourceId", parts: [rows]),
      missing: MissingTable.make([]), places: [])
  }
}
