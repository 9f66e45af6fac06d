import ArgumentParser
import Astro

/// Steps of time on the command line: `1d`, `12h`, `30m`, `10s`.
struct TimeStep: ExpressibleByArgument {
  let days: Double

  init?(argument: String) {
    let units = ["d": 1.0, "h": 24, "m": 1440, "s": 86_400]
    guard let unit = argument.last.flatMap({ units[String($0)] }),
      let value = Double(argument.dropLast()), value.isFinite, value > 0
    else { return nil }
    days = value / unit
  }
}

/// `--times …`, or `--start --stop --step`.
struct TimeGridOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Moments: ISO 8601 (UTC), MJD with its scale (60000.5:utc, :tai, :tdb), or @FILE.",
      valueName: "time"))
  var times: [String] = []
  @Option(help: ArgumentHelp("First moment of a series.", valueName: "time"))
  var start: String?
  @Option(help: ArgumentHelp("End of the series.", valueName: "time"))
  var stop: String?
  @Option(help: ArgumentHelp("Step of the series: 1d, 12h, 30m, 10s.", valueName: "step"))
  var step: TimeStep?

  /// A series longer than this is a slip of the keyboard.
  private static let limit = 1_000_000.0

  func validate() throws {
    let isSeries = start != nil || stop != nil || step != nil
    if isSeries, start == nil || stop == nil || step == nil {
      throw ValidationError("--start, --stop and --step go together")
    }
    if times.isEmpty, !isSeries {
      throw ValidationError("no moments given: --times TIME…, or --start, --stop and --step")
    }
  }

  func epochs(_ leapSeconds: LeapSeconds) throws -> [Epoch<TDB>] {
    var epochs: [Epoch<TDB>] = []
    for text in times { epochs += try TimeArgument.parse(text, leapSeconds: leapSeconds) }
    guard let start, let stop, let step else { return epochs }
    // Steps of UTC, which is what people mean by 6 h; a leap second shifts what follows it.
    let first = leapSeconds.utc(try one(start, leapSeconds).tai)
    let span = leapSeconds.utc(try one(stop, leapSeconds).tai).days(since: first)
    guard span >= 0 else { throw ValidationError("--stop \(stop) is before --start \(start)") }
    guard span / step.days < Self.limit else {
      throw ValidationError("--step gives more than a million moments; take a longer one")
    }
    // A billionth of a step of slack, so that a whole number of steps includes the end.
    let count = Int((span / step.days + 1e-9).rounded(.down)) + 1
    return epochs
      + (0..<count).map { leapSeconds.tai(first.adding(days: Double($0) * step.days)).tdb }
  }

  private func one(_ text: String, _ leapSeconds: LeapSeconds) throws -> Epoch<TDB> {
    let epochs = try TimeArgument.parse(text, leapSeconds: leapSeconds)
    guard epochs.count == 1 else { throw ValidationError("\(text): one moment is expected here") }
    return epochs[0]
  }
}
