import Alerts
import Foundation
import TestSupport
import Testing

/// Real ZTF packets through `tag`: their known objects, by orbits that are at hand.
@Suite(.enabled(if: TestPaths.sharedData != nil, "needs the real data folder"))
struct ZTFKnownObjectTests {
  private static let data = TestPaths.sharedData ?? TestPaths.root
  private static let alerts = data.appending(path: "alerts/ztf")

  /// Rows of a CSV file whose quoting is simple, by column name.
  private static func rows(_ text: String) -> [[String: String]] {
    let lines = text.split(whereSeparator: \.isNewline)
    let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
    }
  }

  /// The number that a name begins with: `(16460)1989YF1`, `59656`, `24 Themis (A853 GA)`.
  private static func number(_ name: String) -> Int? {
    let bare = name.drop { $0 == "(" }
    let digits = bare.prefix { $0.isNumber }
    // `2004 PY111` is a year, not a number.
    let rest = bare.dropFirst(digits.count)
    let isYear =
      digits.count == 4 && rest.first == " "
      && rest.dropFirst().prefix(2).allSatisfy { $0.isASCII && $0.isUppercase }
    return isYear ? nil : Int(digits)
  }

  private struct Candidate {
    var id: String
    var designation: String
    var rank: Int
    var separationArcsec: Double
  }

  private static func tag(
    _ input: String, orbits: URL, _ folder: URL, _ more: [String] = []
  ) throws -> (candidates: [Candidate], run: ProgramRun) {
    let sidecar = folder.appending(path: "candidates.csv")
    let run = try ProgramRun(
      [
        "tag", "--orbits", orbits.path, input, "--output", folder.appending(path: "out").path,
        "--candidates", sidecar.path,
      ] + more)
    let rows = rows(try String(contentsOf: sidecar, encoding: .utf8))
    return (
      rows.map {
        Candidate(
          id: $0["diaSourceId"] ?? "", designation: $0["designation"] ?? "",
          rank: Int($0["rank"] ?? "") ?? 0, separationArcsec: Double($0["separation"] ?? "") ?? .nan
        )
      }, run
    )
  }

  /// Numbered objects of the real orbits, as an orbit CSV. A known object of the alerts is *in
  /// reach* when its number is among them.
  @Test("Known objects whose orbits are at hand are found again; real orbits claim nothing else")
  func known() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let packed = Self.data.appending(path: "orbits/real_orbits_highprec.csv.gz")
    var text = "designation,epochMjdTdb,a,e,incl,node,argPeri,meanAnomaly,H\n"
    var numbers: Set<Int> = []
    for row in Self.rows(try Self.expanded(packed)) {
      guard let number = row["name"].flatMap(Self.number), !row["M_deg", default: ""].isEmpty,
        numbers.insert(number).inserted
      else { continue }
      let columns = [
        "epoch_mjd_tdb", "a_au", "e", "i_deg", "node_deg", "argperi_deg", "M_deg", "H",
      ]
      text += "\(number)," + columns.map { row[$0] ?? "" }.joined(separator: ",") + "\n"
    }
    #expect(numbers.count > 5_000)
    let orbits = folder.appending(path: "orbits.csv")
    try Data(text.utf8).write(to: orbits)
    let (candidates, run) = try Self.tag(Self.alerts.path, orbits: orbits, folder)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("alerts 150,"))
    // ZTF's schema has no room for a tag: every byte of every file stays.
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.alerts.path)
    #expect(names.count == 150)
    for name in names {
      let out = folder.appending(path: "out/" + name)
      #expect(
        FileManager.default.contentsEqual(
          atPath: Self.alerts.appending(path: name).path, andPath: out.path), "\(name)")
    }

    let index = Self.rows(
      try String(
        contentsOf: Self.data.appending(path: "alerts/ztf_index.csv"), encoding: .utf8))
    let known = index.filter { (Double($0["ssdistnr"] ?? "") ?? -1) >= 0 }
    #expect(known.count >= 19)
    var expected: [String: Int] = [:]
    for row in known {
      guard let number = row["ssnamenr"].flatMap(Self.number), numbers.contains(number),
        let file = row["file"]
      else { continue }
      // The index has its identifiers as rounded numbers; the files go by the right ones.
      expected[String(file.prefix { $0.isNumber || $0 == "-" })] = number
    }
    let found = candidates.filter { $0.rank == 1 }
    #expect(found.count == expected.count)
    for candidate in found { #expect(candidate.designation == "\(expected[candidate.id] ?? 0)") }
  }

  private static func expanded(_ url: URL) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/gzip")
    process.arguments = ["-dc", url.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }

  /// A real packet with the places that JPL Horizons has for X05 put into it, its `jd` half an
  /// exposure before the place's moment, as ZTF writes it. Orbits are Horizons' states of other
  /// days.
  @Test("Horizons' objects put into a real ZTF packet are all found again, from jd at the start")
  func horizons() throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let truth = Self.rows(
      try String(
        contentsOf: Self.data.appending(path: "truth/horizons_states_ephem_X05.csv"),
        encoding: .utf8)
    ).filter { $0["radec_consistent"] == "1" && $0["object"]?.hasPrefix("1I") == false }
    let names = Set(truth.compactMap { $0["object"] }).sorted()
    #expect(names.count == 13)
    var text = "designation,epochMjdTdb,x,y,z,vx,vy,vz,origin,frame,H,G\n"
    for name in names {
      guard let row = truth.first(where: { $0["object"] == name }),
        let jd = Double(row["jd_tdb"] ?? "")
      else { continue }
      let columns = ["x_sun_icrf", "y_sun_icrf", "z_sun_icrf", "vx", "vy", "vz"]
      text += "\(name),\(jd - 2_400_000.5),"
      text += columns.map { row[$0] ?? "" }.joined(separator: ",")
      text += ",SUN,ICRF,\(row["H"] ?? ""),\(row["G"] ?? "")\n"
    }
    let orbits = folder.appending(path: "orbits.csv")
    try Data(text.utf8).write(to: orbits)

    // A packet without an exposure time: the survey's was 30 s.
    let file = try AlertFile(
      url: Self.alerts.appending(path: "1060135832015015002.avro"), registry: SchemaRegistry())
    guard case .container(let container) = file.kind,
      case .record(let packet) = try file.alerts()[0],
      case .record(let candidate)? = packet["candidate"]
    else { throw MockFailure(description: "no packet") }
    let output = try AtomicOutput(path: folder.appending(path: "in.avro").path)
    var writer = try ObjectContainerWriter(output: output, schema: container.schema)
    let encoder = AvroEncoder(schema: container.schema)
    var objects: [String: String] = [:]
    for (number, row) in truth.enumerated() {
      guard let jd = Double(row["jd_utc"] ?? ""), let ra = Double(row["ra_deg"] ?? ""),
        let dec = Double(row["dec_deg"] ?? "")
      else { continue }
      let id = Int64(5_000_000 + number)
      var inner = candidate
      inner["candid"] = .long(id)
      inner["jd"] = .double(jd - 15.0 / 86_400)
      inner["ra"] = .double(ra)
      inner["dec"] = .double(dec)
      inner["magpsf"] = .float(Float(row["V"] ?? "") ?? 20)
      var alert = packet
      alert["candid"] = .long(id)
      alert["candidate"] = .record(inner)
      try writer.append(try encoder.encode(.record(alert)))
      objects["\(id)"] = row["object"]
    }
    try writer.finish()
    try output.commit()
    let (candidates, run) = try Self.tag(
      output.path, orbits: orbits, folder, ["--observatory", "X05"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(objects.count > 600 && run.output.contains("tagged \(objects.count),"), "\(run.output)")
    for one in candidates {
      // Horizons' places have 1e-9 of a degree, its states 1e-15 au; a Julian Date's double has
      // 40 µs. Fifteen seconds more or less would be half an arcsecond for most of these.
      #expect(one.designation == objects[one.id] && one.separationArcsec < 0.01, "\(one)")
    }
    #expect(candidates.count == objects.count)
  }
}
