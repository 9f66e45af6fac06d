import ArgumentParser

@main
struct Ecliptic: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ecliptic",
    abstract: "Links asteroid detections, fits orbits, keeps an SSObject catalog, tags alerts.",
    version: "0.1.0",
    subcommands: [])
}
