import Foundation

/// What Tools/bench/alerts measures; prints JSON.
@main
struct AlertsBenchmark {
  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst(2))
    let results: [String: Double]? =
      switch CommandLine.arguments.dropFirst().first {
      case "packets": try await PacketBenchmark.run(arguments)
      case "table": try await TableBenchmark.run(arguments)
      case "visit": try await VisitBenchmark.run(arguments)
      case "filters": try await FilterBenchmark.run(arguments)
      default: nil
      }
    guard let results else {
      let usages = [
        PacketBenchmark.usage, TableBenchmark.usage, VisitBenchmark.usage, FilterBenchmark.usage,
      ]
      for usage in usages {
        FileHandle.standardError.write(Data("usage: AlertsBenchmark \(usage)\n".utf8))
      }
      exit(2)
    }
    let data = try JSONSerialization.data(
      withJSONObject: results, options: [.sortedKeys, .prettyPrinted])
    print(String(decoding: data, as: UTF8.self))
  }
}
