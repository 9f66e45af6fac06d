import Foundation
import Service
import Testing

/// What nobody should send: the answer says what is wrong (4xx), nothing stops, nothing leaks.
@Suite struct HostileRequestTests {
  private static let compileBomb =
    "WITH c0 AS (SELECT 1 AS k)"
    + (1..<25).map { ", c\($0) AS (SELECT k FROM c\($0 - 1) UNION SELECT k FROM c\($0 - 1))" }
    .joined() + " SELECT k FROM c24"

  private static let requests = [
    // SQL that reaches out, writes, reads what it must not, or never ends.
    ("/v1/objects?where=", "1); DROP TABLE mpc_orbits; --"),
    ("/v1/objects?where=", "1) UNION SELECT sql FROM sqlite_master --"),
    ("/v1/objects?where=", "(SELECT count(*) FROM sqlite_master) > 0"),
    ("/v1/objects?where=", "1) LIMIT 100000000 /*"),
    ("/v1/objects?where=", "load_extension('/tmp/x') > 0"),
    ("/v1/objects?where=", "length(randomblob(900000000)) > 0"),
    ("/v1/objects?where=", "writefile('/tmp/x', 'y')"),
    ("/v1/objects?where=", "e < ' OR 1"),
    ("/v1/objects?where=", "nosuchcolumn > 1"),
    (
      "/v1/objects?where=",
      "(WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x+1 FROM c) SELECT max(x) FROM c) > 0"
    ),
    (
      "/v1/objects?where=",
      "(SELECT count(*) FROM mpc_orbits a, mpc_orbits b, mpc_orbits c, mpc_orbits d) > 0"
    ),
    (
      "/v1/objects?where=",
      String(repeating: "(", count: 1_500) + "1" + String(repeating: ")", count: 1_500)
    ),
    ("/v1/objects?where=", "1 IN (SELECT 1 FROM pragma_database_list)"),
    ("/v1/objects?where=", "(select text FROM userFilters LIMIT 1) LIKE 's%'"),
    ("/v1/objects?where=", "1 IN grdb_migrations"),
    // Doubles what SQLite compiles with each name.
    ("/v1/objects?where=", "(\(compileBomb))>0"),
    ("/v1/export/mpc_orbits?where=", "(\(compileBomb))>0"),
    ("/v1/export/mpc_orbits?where=", "1); ATTACH '/tmp/x' AS x; --"),
    (
      "/v1/export/mpc_orbits?where=",
      "(SELECT count(*) FROM mpc_orbits a, mpc_orbits b, mpc_orbits c, mpc_orbits d) > 0"
    ),
    ("/v1/export/mpc_orbits?where=", "1 FROM sqlite_master) --"),
    ("/v1/export/sqlite_master?where=", "1"),
    ("/v1/export/quarantine?format=", "csv"),
    ("/v1/objects?cursor=", "1; DROP"),
    ("/v1/objects?limit=", "-1"),
    ("/v1/objects?limit=", "0x10"),
    ("/v1/names?prefix=", ""),
    // Paths that lead out.
    ("/../../../../etc/passwd", ""),
    ("/..%2f..%2f..%2fetc%2fpasswd", ""),
    ("/v1/objects/..%2F..%2Fetc%2Fpasswd", ""),
    ("/v1/export/..%2Fc.db", ""),
    ("/index.html%00.js", ""),
    // Times that would read a file, or are none.
    ("/v1/predict?ra=1&dec=1&radius=1&time=", "@/etc/passwd"),
    ("/v1/predict?ra=1&dec=1&radius=1&time=", "61000:utc,61001:utc"),
    ("/v1/predict?ra=1&dec=1&radius=1&time=", "1000000:utc"),
    ("/v1/predict?ra=1&dec=1&radius=1&time=", "-99999999:tdb"),
    ("/v1/predict?ra=nan&dec=1&radius=1&time=", "61367.2:tdb"),
    ("/v1/predict?ra=1&dec=1e400&radius=1&time=", "61367.2:tdb"),
    ("/v1/predict?ra=1&dec=1&radius=180&time=", "61367.2:tdb"),
    ("/v1/predict?ra=1&ra=2&dec=1&radius=1&time=", "61367.2:tdb"),
    ("/v1/predict?observatory=500&ra=1&dec=1&radius=1&radius2=1&time=", "61367.2:tdb"),
    ("/v1/predict?observatory=C51&ra=1&dec=1&radius=1&time=", "61367.2:tdb"),
    ("/v1/predict?ra=%FF&dec=1&radius=1&time=", "61367.2:tdb"),
    ("/v1/predict?ra=%ZZ&dec=1&radius=1&time=", "61367.2:tdb"),
    ("/v1/nights/", "2026-11-22'--"),
    ("/v1/objects/", "' OR 1=1 --"),
    ("/v1/objects/x/ephemeris?start=", "61367:tdb"),
    ("/nothing", ""),
  ]

  @Test func eachIsRefusedWithAReason() async throws {
    try await RunningService.run({ $0.querySeconds = 0.2 }) { service in
      for (path, value) in Self.requests {
        let start = ContinuousClock.now
        let answer = try await service.client.get(path + value.percentEncoded)
        let shown = "\(path)\(value.prefix(60)): \(answer.status) \(answer.text.prefix(300))"
        #expect((400..<500).contains(answer.status), "\(shown)")
        // Queries end after 0.2 s, exports' after 1 s; the rest is for a loaded machine.
        #expect(ContinuousClock.now - start < .seconds(300), "\(shown)")
        let problem = try answer.json()
        #expect((problem["detail"] as? String)?.isEmpty == false, "\(shown)")
        #expect(!answer.text.contains("root:"))
        #expect(!answer.text.contains(service.catalogPath), "\(shown)")
      }
      #expect(try await service.client.get("/health").status == 200)
    }
  }

  @Test func conesThatAreWrongAreToldInAVOTable() async throws {
    try await RunningService.run { service in
      for query in [
        "RA=1", "RA=x&DEC=1&SR=1", "RA=1&DEC=100&SR=1", "RA=1&DEC=1&SR=-1",
        "RA=1&DEC=1&SR=1&EPOCH=@/etc/passwd", "RA=1&DEC=1&SR=1&OBSERVER=ZZZ",
        "RA=1&DEC=1&SR=170&EPOCH=2461367.7",
      ] {
        let answer = try await service.client.get("/scs?\(query)")
        #expect(answer.status == 200)
        #expect(answer.text.contains("<INFO name=\"Error\""))
      }
      let fine = try await service.client.get("/scs?ra=1&dec=1&sr=0&unknown=1")
      #expect(fine.text.contains("pos.eq.ra;meta.main"))
    }
  }

  @Test func methodsBodiesAndLengths() async throws {
    try await RunningService.run({ $0.largestBody = 10_000 }) { service in
      let client = service.client
      let wrong = try await client.send(method: "DELETE", "/v1/objects/1")
      #expect(wrong.status == 405)
      #expect(wrong.headers["allow"] == "GET, HEAD, OPTIONS")
      #expect(try await client.send(method: "OPTIONS", "/v1/predict").status == 204)
      let head = try await client.send(method: "HEAD", "/openapi.json")
      #expect(head.status == 200 && head.body.isEmpty)
      #expect((Int(head.headers["content-length"] ?? "") ?? 0) > 1_000)
      let big = String(repeating: "x", count: 20_000)
      #expect(try await client.post("/v1/identify", big, type: "text/csv").status == 413)
      #expect(try await client.get("/v1/names?prefix=\(big.prefix(9_000))").status == 414)
      for body in [
        "", "[", "[]", "{}", "{\"detections\": 5}", "{\"detections\": [{\"ra\": 1}]}",
        "{\"detections\": [], \"observatory\": \"../..\"}",
        "{\"detections\": [{\"ra\": 1, \"dec\": 1, \"time\": \"@/etc/passwd\"}]}",
        "{\"detections\": [{\"ra\": 400, \"dec\": 1, \"time\": \"61367.2:tdb\"}]}",
        "{\"detections\": [{\"ra\": 1, \"dec\": 1, \"midpointMjdTai\": 1e300}]}",
      ] {
        let answer = try await client.post("/v1/identify", body, type: "application/json")
        #expect((400..<500).contains(answer.status), "\(body): \(answer.text)")
      }
      for body in ["a,b,c\n1,2,3\n", "\u{0}\u{1}\u{2}", "<ades>", "diaSourceId,ra,dec\n1,2,3\n"] {
        let answer = try await client.post("/v1/identify", body, type: "text/csv")
        #expect((400..<500).contains(answer.status), "\(body): \(answer.text)")
        #expect(!answer.text.contains("/tmp"))
      }
    }
  }

  /// Ten megabytes in the address; a header that never ends; bytes that are no HTTP.
  @Test func bytesThatAreNoRequest() async throws {
    try await RunningService.run { service in
      let long = [UInt8]("GET /v1/names?prefix=".utf8) + [UInt8](repeating: 0x61, count: 10 << 20)
      let end = [UInt8](" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8)
      let answer = try? await service.client.exchange(long + end)
      // Refused with an answer, or closed before all of it was sent.
      if let answer { #expect((400..<500).contains(answer.status)) }
      for text in ["\r\n\r\n\r\n", "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}"]
      {
        let answer = try? await service.client.exchange(
          Array(text.utf8) + Array("\r\n\r\n".utf8))
        if let answer { #expect((400..<500).contains(answer.status)) }
      }
      let health = try await service.client.get("/health")
      #expect(health.status == 200)
    }
  }

  /// Clients that open and say nothing, or speak a byte at a time, are let go; others are served.
  @Test func slowAndIdleClientsAreLetGo() async throws {
    try await RunningService.run({ $0.idleSeconds = 1 }) { service in
      let idle = try (0..<200).map { _ in try RawSocket(port: service.client.port) }
      let slow = try RawSocket(port: service.client.port)
      try slow.send(Array("GET /health HTTP/1.1\r\nHos".utf8))
      let body = try RawSocket(port: service.client.port)
      try body.send(
        Array(
          "POST /v1/identify HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{".utf8))
      #expect(try await service.client.get("/health").status == 200)
      let answers = try await service.client.background {
        // The kernel's end of stream shows that the server closed each of them.
        for socket in idle {
          let end = try socket.readToEnd()
          #expect(end.isEmpty)
        }
        return [try slow.readToEnd(), try body.readToEnd()]
      }
      #expect(answers[0].isEmpty)
      let told = String(decoding: answers[1], as: UTF8.self)
      #expect(told.isEmpty || told.contains(" 408 "))
      #expect(try await service.client.get("/health").status == 200)
    }
  }
}
