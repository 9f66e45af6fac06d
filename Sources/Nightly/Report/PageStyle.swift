/// The page's style sheet: light or dark as the reader's screen is.
enum PageStyle {
  /// Colours of stages and series, in their order.
  static let seriesCount = 8

  static let css = """
    :root { color-scheme: light dark;
      --bg: #f7f8fa; --card: #ffffff; --ink: #1a2230; --soft: #5d6878; --line: #dde2ea;
      --grid: #e8ecf2; --ok: #1a7f4b; --okbg: #e3f4ea; --bad: #b3261e; --badbg: #fdeceb;
      --field: #4a6fa5; --known: #7b8aa3; --extended: #d98a00; --new: #c2255c; --ecl: #b89b3c;
      --s0: #3b6fb6; --s1: #d98a00; --s2: #2b9a6b; --s3: #c2255c; --s4: #7a5bb5; --s5: #1b95a8;
      --s6: #8a6d3b; --s7: #7b8aa3; }
    @media (prefers-color-scheme: dark) { :root {
      --bg: #11151c; --card: #1a202b; --ink: #e6eaf1; --soft: #98a4b6; --line: #2c3544;
      --grid: #263040; --ok: #6fd39b; --okbg: #163325; --bad: #ff9d94; --badbg: #3d1c1a;
      --field: #6f97d1; --known: #8a9ab3; --extended: #f2b04a; --new: #ff6f9f; --ecl: #c9b25e;
      --s0: #6d9eeb; --s1: #f2b04a; --s2: #5cc795; --s3: #ff6f9f; --s4: #b094ec; --s5: #55c5d6;
      --s6: #c9a66b; --s7: #8a9ab3; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--bg); color: var(--ink);
      font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
    main { max-width: 1120px; margin: 0 auto; padding: 24px 20px 60px; }
    h1 { font-size: 26px; margin: 0 0 2px; letter-spacing: -0.01em; }
    h2 { font-size: 16px; margin: 0 0 4px; }
    .sub { color: var(--soft); margin: 0 0 18px; }
    .note { color: var(--soft); font-size: 13px; margin: 0 0 10px; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
      padding: 16px 18px; margin: 0 0 16px; overflow-x: auto; }
    .two { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
    .two > .card { min-width: 0; }
    @media (max-width: 800px) { .two { grid-template-columns: 1fr; } }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(112px, 1fr)); gap: 10px;
      margin: 0 0 16px; }
    .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
      padding: 10px 12px; }
    .tile b { display: block; font-size: 21px; white-space: nowrap; font-variant-numeric: tabular-nums; line-height: 1.25; }
    .tile span { color: var(--soft); font-size: 13px; }
    .ok, .alarms { border-radius: 10px; padding: 12px 16px; margin: 0 0 16px; }
    .ok { background: var(--okbg); color: var(--ok); font-weight: 600; }
    .alarms { background: var(--badbg); }
    .alarms h2 { color: var(--bad); }
    .alarms ul { margin: 6px 0 0; padding-left: 20px; }
    .alarms li { margin: 0 0 6px; overflow-wrap: anywhere; }
    .alarms small { display: block; color: var(--soft); }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th { text-align: left; font-weight: 600; color: var(--soft); font-size: 13px; }
    th, td { padding: 4px 10px 4px 0; border-bottom: 1px solid var(--grid); white-space: nowrap; }
    td.n, th.n { text-align: right; }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--soft); font-size: 11px; font-family: inherit; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 13px; color: var(--soft);
      margin: 6px 0 12px; }
    .legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px;
      margin-right: 6px; vertical-align: baseline; }
    footer { color: var(--soft); font-size: 13px; }
    """
}

extension String {
  /// Safe in HTML's text and attributes.
  var html: String {
    var text = ""
    for character in unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
