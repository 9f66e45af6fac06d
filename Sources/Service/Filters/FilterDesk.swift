import Catalog
import Filters
import Foundation
import HTTPTypes
import Synchronization

/// Users' filters behind the service: who asks, what they may, what is kept.
///
/// Reading goes to the catalog that is open. A change, which needs a token, opens the catalog for
/// writing for its one transaction, as any other program would: while a run holds it, the answer is
/// 503. Tokens and the audit are in the file beside the catalog that counts what filters gave out.
final class FilterDesk: Sendable {
  let catalog: Catalog
  let archive: VisitArchive
  private let isLocalFree: Bool
  private let opened = Mutex<FilterLedger?>(nil)
  /// By owner: a change is a transaction, and makes the service look at the catalog again.
  private let changes = RateLimiter(perSecond: 0.2, burst: 20)
  /// By client: tokens that nobody has.
  private let attempts = RateLimiter(perSecond: 0.2, burst: 20)
  /// By client: a check takes up to seconds of a core.
  private let checks = RateLimiter(perSecond: 1, burst: 5)
  /// Checks at work at once, beside the requests, not before them.
  let gate = WorkGate(limit: 2, queue: 32)
  let patient = SideExecutor(threads: 2, niceness: 10)

  /// An owner's filters at most.
  static let mostFilters = 100

  init(catalog: Catalog, options: ServiceOptions) {
    self.catalog = catalog
    isLocalFree = options.rateLimit == nil
    archive = VisitArchive(folder: VisitArchive.path(ofCatalog: catalog.path))
  }

  /// What filters did and who may change them; nil where nobody has run or allowed any.
  func ledger() throws(FilterError) -> FilterLedger? {
    if let ledger = opened.withLock({ $0 }) { return ledger }
    let path = FilterLedger.path(ofCatalog: catalog.path)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let ledger = try FilterLedger(path: path)
    return opened.withLock { opened in
      if opened == nil { opened = ledger }
      return opened
    }
  }

  // MARK: - Who asks

  /// The holder of the request's token; nil: it has none.
  ///
  /// - Throws: 401 for a token that is not valid, 429 after many of them.
  func holder(_ call: Call) async throws -> FilterLedger.Token? {
    guard let field = call.headers[.authorization] else { return nil }
    let words = field.split(separator: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw HTTPProblem(.unauthorized, "the header must be Authorization: Bearer TOKEN")
    }
    let secret = String(words[1])
    let found = try await Blocking.run { [self] in
      secret.utf8.count <= 100 ? try ledger()?.holder(ofToken: secret) : nil
    }
    if let found { return found }
    if let wait = attempts.take(call.client) {
      throw HTTPProblem(
        .tooManyRequests, "too many tokens that are not valid",
        retryAfter: Int(wait.rounded(.up)))
    }
    try await audit(
      FilterLedger.AuditEntry(
        actor: "unknown", client: call.client, action: "authenticate", subject: "-",
        result: "refused"))
    throw HTTPProblem(
      .unauthorized,
      "the token is not valid: unknown, revoked or past its time; the operator makes "
        + "them (ecliptic filter token add)")
  }

  /// The holder of a token that may change an owner's filters.
  func changer(of owner: String, _ call: Call, action: String) async throws -> FilterLedger.Token {
    guard let token = try await holder(call) else {
      throw HTTPProblem(
        .unauthorized,
        "changing filters needs a token: Authorization: Bearer TOKEN; the operator "
          + "makes them (ecliptic filter token add)")
    }
    guard token.owner == owner, owner != PredefinedFilters.owner else {
      try await audit(
        FilterLedger.AuditEntry(
          actor: Self.actor(token), client: call.client, action: action, subject: owner,
          result: "refused: not the owner"))
      throw HTTPProblem(
        .forbidden, "the token is for the filters of \(token.owner) alone", parameter: "owner")
    }
    if let wait = changes.take(owner) {
      throw HTTPProblem(
        .tooManyRequests, "too many changes of the filters of \(owner)",
        retryAfter: Int(wait.rounded(.up)))
    }
    return token
  }

  /// - Throws: 429.
  func limitCheck(_ client: String) throws(HTTPProblem) {
    if isLocalFree, client == ServiceResponder.thisMachine { return }
    guard let wait = checks.take(client) else { return }
    throw HTTPProblem(
      .tooManyRequests, "too many checks of filters from one client",
      retryAfter: Int(wait.rounded(.up)))
  }

  static func actor(_ token: FilterLedger.Token) -> String {
    "token \(token.id) of \(token.owner)"
  }

  func audit(_ entry: FilterLedger.AuditEntry) async throws {
    try await Blocking.run { [self] in try ledger()?.audit(entry) }
  }

  // MARK: - Changing

  /// One change of the catalog's filters, written down in the audit whatever comes of it.
  ///
  /// - Parameter body: the change; its result is told in the audit.
  /// - Throws: 503 while another run holds the catalog.
  func change<Value: Sendable>(
    _ action: String, _ subject: String, _ token: FilterLedger.Token, _ client: String,
    _ body: @escaping @Sendable (Catalog) throws -> (value: Value, result: String)
  ) async throws -> Value {
    let path = catalog.path
    var entry = FilterLedger.AuditEntry(
      actor: Self.actor(token), client: client, action: action, subject: subject, result: "")
    do {
      let done = try await Blocking.run {
        let writable = try Catalog(path: path, access: .readWriteExisting)
        let done = try body(writable)
        try writable.close()
        return done
      }
      entry.result = done.result
      try await audit(entry)
      return done.value
    } catch {
      entry.result = "failed: \((error as? HTTPProblem)?.detail ?? "\(error)")"
      try await audit(entry)
      throw Self.problem(error)
    }
  }

  private static func problem(_ error: any Error) -> any Error {
    guard let error = error as? CatalogError else { return error }
    switch error {
    case .locked:
      return HTTPProblem(
        .serviceUnavailable,
        "another run holds the catalog; nothing was changed, ask again when "
          + "it has ended", retryAfter: 30)
    case .notWritable:
      return HTTPProblem(
        .forbidden, "the service may not write the catalog; ask its operator")
    default: return error
    }
  }

  // MARK: - What there is

  /// A filter as its owner sees it.
  struct Shown: Sendable {
    var filter: UserFilter
    /// `enabled`, `disabled`, `suspended`; `offered`: it comes with the program, nobody switched it on.
    var state: String
    var reason: String?
    var created: Date?
    var isPredefined: Bool
  }

  /// The predefined filters and those of one owner.
  func filters(of owner: String?) async throws -> [Shown] {
    try await Blocking.run { [self] in
      let suspended = try ledger()?.suspended() ?? [:]
      func shown(_ stored: StoredFilter) -> Shown {
        let filter = UserFilter(
          owner: stored.owner, name: stored.name, version: stored.version, text: stored.text)
        let reason = suspended[FilterLedger.Key(filter)]
        return Shown(
          filter: filter,
          state: !stored.isEnabled ? "disabled" : reason == nil ? "enabled" : "suspended",
          reason: reason, created: stored.created,
          isPredefined: stored.owner == PredefinedFilters.owner)
      }
      let predefined = try catalog.userFilters(of: PredefinedFilters.owner).map(shown)
      let others = PredefinedFilters.all.filter { filter in
        !predefined.contains { $0.filter.name == filter.name }
      }.map { Shown(filter: $0, state: "offered", isPredefined: true) }
      guard let owner, owner != PredefinedFilters.owner else { return predefined + others }
      return try catalog.userFilters(of: owner).map(shown) + predefined + others
    }
  }
}
