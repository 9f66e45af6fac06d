/// Text for a terminal, in which nothing can steer the terminal: what users, files and alerts say may
/// hold escape sequences that move the cursor, rename the window or hide what stands there.
enum TerminalText {
  /// Control characters but newline and tab, and those that turn the direction of writing, as `\u{1B}`.
  static func safe(_ text: String) -> String {
    guard text.utf8.contains(where: isSuspicious), text.unicodeScalars.contains(where: isControl)
    else { return text }
    var safe = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isControl(scalar) {
        safe.append(
          contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      } else {
        safe.append(scalar)
      }
    }
    return String(safe)
  }

  /// Bytes that controls have, and few other characters.
  private static func isSuspicious(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != 0x0A && byte != 0x09 || byte == 0x7F || byte == 0xC2 || byte == 0xE2
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A: false
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
