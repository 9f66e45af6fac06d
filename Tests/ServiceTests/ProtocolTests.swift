import Foundation
import Service
import TestSupport
import Testing

@Suite struct ProtocolTests {
  @Test func unchangedAnswersAreNotSentAgain() async throws {
    try await RunningService.run { service in
      let first = try await service.client.get("/v1/nights")
      let tag = try #require(first.headers["etag"])
      let second = try await service.client.get("/v1/nights", ["If-None-Match: \(tag)"])
      #expect(second.status == 304 && second.body.isEmpty)
      let other = try await service.client.get("/v1/nights", ["If-None-Match: W/\"other\""])
      #expect(other.status == 200)
    }
  }

  @Test func answersAreCompressedForWhoTakesIt() async throws {
    try await RunningService.run { service in
      for target in ["/openapi.json", "/v1/export/orbits?format=csv"] {
        let plain = try await service.client.get(target)
        #expect(plain.headers["content-encoding"] == nil)
        let packed = try await service.client.get(target, ["Accept-Encoding: br, gzip;q=0.5"])
        #expect(packed.headers["content-encoding"] == "gzip")
        #expect(packed.body.count < plain.body.count / 2)
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).gz")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(packed.body).write(to: file)
        #expect(try unzipped(file) == plain.body)
        let refused = try await service.client.get(target, ["Accept-Encoding: gzip;q=0"])
        #expect(refused.headers["content-encoding"] == nil)
      }
    }
  }

  private func unzipped(_ file: URL) throws -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-dc", file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return [UInt8](data)
  }

  @Test func clientsAreLimitedEachForItself() async throws {
    try await RunningService.run({
      // One at once, the next after a quarter of an hour: no machine is as slow as that.
      $0.rateLimit = 0.001
      $0.trustsProxy = true
    }) { service in
      func status(_ client: String) async throws -> HTTPAnswer {
        try await service.client.get("/health", ["X-Forwarded-For: 9.9.9.9, \(client)"])
      }
      #expect(try await status("192.0.2.1").status == 200)
      for _ in 0..<5 {
        let answer = try await status("192.0.2.1")
        #expect(answer.status == 429)
        let wait = try #require(answer.headers["retry-after"].flatMap { Int($0) })
        #expect((1...1000).contains(wait))
      }
      #expect(try await status("192.0.2.2").status == 200)
    }
  }

  @Test func theDescriptionNamesEveryPathAndParameter() async throws {
    try await RunningService.run { service in
      let document = try await service.client.get("/openapi.json").json()
      #expect(document["openapi"] as? String == "3.1.0")
      let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
      for path in ["/v1/predict", "/v1/objects/{id}", "/v1/identify", "/scs", "/metrics"] {
        #expect(paths[path] != nil)
      }
      // Each example is accepted as it stands.
      for (path, methods) in paths {
        guard let get = methods["get"] else { continue }
        let parameters = get["parameters"] as? [[String: Any]] ?? []
        var target = path
        var query: [String] = []
        for parameter in parameters {
          guard let name = parameter["name"] as? String, let example = parameter["example"] else {
            continue
          }
          let value = "\(example)".percentEncoded
          if parameter["in"] as? String == "path" {
            target = target.replacingOccurrences(of: "{\(name)}", with: value)
          } else {
            query.append("\(name)=\(value)")
          }
        }
        if !query.isEmpty { target += "?" + query.joined(separator: "&") }
        let answer = try await service.client.get(target)
        let known = get["responses"] as? [String: Any] ?? [:]
        #expect(known["\(answer.status)"] != nil, "\(target): \(answer.status) \(answer.text)")
        #expect(answer.status != 400, "\(target): \(answer.text)")
      }
    }
  }

  /// Requests go on while the catalog changes and its night's table is made anew.
  @Test func tablesChangeUnderLoadWithoutAFailedRequest() async throws {
    try await RunningService.run { service in
      let target = "/v1/predict?ra=30&dec=10&radius=10&time=2026-11-23T04:00:00Z"
      var ready = try await service.client.get("/ready")
      while ready.status == 503 {
        try await Task.sleep(for: .milliseconds(100))
        ready = try await service.client.get("/ready")
      }
      #expect(try await service.client.get(target).status == 200)
      let swaps = try await swapCount(service)
      let clients = Task {
        var statuses: [Int: Int] = [:]
        while !Task.isCancelled {
          statuses[try await service.client.get(target).status, default: 0] += 1
        }
        return statuses
      }
      // Five more orbits, as another process would bring them.
      let lines = try String(
        contentsOf: TestPaths.fixtures.appending(path: "orbits/sbdb.csv"), encoding: .utf8
      ).split(separator: "\n")
      let more = URL(filePath: service.catalogPath + ".more.csv")
      try ([lines[0]] + lines[700..<705]).joined(separator: "\n").appending("\n")
        .write(to: more, atomically: true, encoding: .utf8)
      let run = try await service.client.background {
        try ProgramRun(["import", "--catalog", service.catalogPath, more.path])
      }
      #expect(run.status == 0, "\(run.errors)")
      var orbits = 600
      for _ in 0..<3_000 where orbits == 600 {
        try await Task.sleep(for: .milliseconds(100))
        orbits = try await service.client.get("/ready").json()["orbits"] as? Int ?? 0
      }
      #expect(orbits == 605)
      for _ in 0..<3_000 {
        if try await swapCount(service) > swaps { break }
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(try await swapCount(service) > swaps)
      clients.cancel()
      let statuses = try await clients.value
      #expect(statuses.keys.sorted() == [200])
    }
  }

  /// Many requests at once for a night that has no table yet wait for one and the same.
  @Test func aNightIsWaitedForTogether() async throws {
    try await RunningService.run { service in
      let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<40 {
          group.addTask {
            try await service.client.get(
              "/v1/predict?ra=30&dec=\(index)&radius=1&time=2027-02-03T04:00:00Z"
            ).status
          }
        }
        var all: [Int] = []
        for try await status in group { all.append(status) }
        return all
      }
      #expect(statuses == Array(repeating: 200, count: 40))
    }
  }

  private func swapCount(_ service: RunningService) async throws -> Int {
    let text = try await service.client.get("/metrics").text
    let line = text.split(separator: "\n").first {
      $0.hasPrefix("ecliptic_night_table_swaps_total ")
    }
    return line.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
  }
}
