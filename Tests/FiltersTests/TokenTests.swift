import Filters
import Foundation
import TestSupport
import Testing

/// Tokens by which owners are known, and the audit.
struct TokenTests {
  private func withLedger(_ body: (FilterLedger) throws -> Void) throws {
    let folder = try TestPaths.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(try FilterLedger(path: folder.appending(path: "c.db.filters").path))
  }

  /// FIPS 180-4's example of one block.
  @Test("The hash is SHA-256")
  func digest() {
    let hex = AccessToken.digest("abc").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      .joined()
    #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(AccessToken.areEqual([1, 2, 3], [1, 2, 3]))
    #expect(!AccessToken.areEqual([1, 2, 3], [1, 2, 4]) && !AccessToken.areEqual([1], [1, 2]))
  }

  @Test("A token is its owner's until it is revoked or past its time; others are nobody's")
  func life() throws {
    try withLedger { ledger in
      let now = Date()
      let (ana, _) = try ledger.addToken(owner: "ana", expires: nil, at: now)
      let (bob, token) = try ledger.addToken(
        owner: "bob", expires: now.addingTimeInterval(60), at: now)
      #expect(ana != bob && AccessToken.isPlausible(ana))
      #expect(try ledger.holder(ofToken: ana)?.owner == "ana")
      #expect(try ledger.holder(ofToken: bob, at: now)?.id == token.id)
      #expect(try ledger.holder(ofToken: bob, at: now.addingTimeInterval(61)) == nil)
      for wrong in ["", "ecl_", ana + "x", String(ana.dropLast()), ana.uppercased(), token.id] {
        #expect(try ledger.holder(ofToken: wrong) == nil)
      }
      #expect(try ledger.revokeTokens(id: nil, owner: "ana").count == 1)
      #expect(try ledger.holder(ofToken: ana) == nil)
      #expect(try ledger.holder(ofToken: bob, at: now) != nil)
      #expect(try ledger.revokeTokens(id: token.id, owner: nil) == [token.id])
      #expect(try ledger.revokeTokens(id: token.id, owner: nil).isEmpty)
      #expect(try ledger.tokens().count == 2 && ledger.tokens().allSatisfy { $0.revoked != nil })
    }
  }

  @Test("What is on the disk has no token in it")
  func atRest() throws {
    try withLedger { ledger in
      let (secret, _) = try ledger.addToken(owner: "ana", expires: nil)
      _ = try ledger.holder(ofToken: secret)
      let folder = URL(filePath: ledger.path).deletingLastPathComponent()
      var size = 0
      for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
        let data = try Data(contentsOf: folder.appending(path: name))
        size += data.count
        #expect(data.firstRange(of: Data(secret.dropFirst(4).utf8)) == nil)
        #expect(data.firstRange(of: Data(secret.dropFirst(4).prefix(12).utf8)) == nil)
      }
      #expect(size > 0)
    }
  }

  @Test("The audit has the newest first, of one owner or all")
  func audit() throws {
    try withLedger { ledger in
      for (number, subject) in ["ana/a", "bob/b", "ana/c", "anabel/d", "ana"].enumerated() {
        try ledger.audit(
          FilterLedger.AuditEntry(
            at: Date(timeIntervalSince1970: 1e9 + Double(number)), actor: "x", client: "::1",
            action: "add", subject: subject, result: "version 1"))
      }
      #expect(
        try ledger.auditEntries(limit: 3).map(\.subject) == ["ana", "anabel/d", "ana/c"])
      #expect(
        try ledger.auditEntries(subject: "ana", limit: 9).map(\.subject) == [
          "ana", "ana/c", "ana/a",
        ])
      #expect(try ledger.auditEntries(subject: "ana/c", limit: 9).count == 1)
    }
  }
}
