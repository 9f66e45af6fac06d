import Catalog
import Filters
import HTTPTypes

/// Changes of an owner's filters, with the owner's token.
enum FilterChanges {
  static func all(_ state: ServiceState) -> [Endpoint] {
    [put(state), remove(state), turn(state, on: true), turn(state, on: false)]
  }

  private static let refusals = [
    (403, "The token is another owner's, or the service may not write."),
    (503, "Another run holds the catalog; Retry-After says when to ask again."),
  ]

  private static func put(_ state: ServiceState) -> Endpoint {
    Endpoint(
      method: .put, path: "/v1/filters/{owner}/{name}", operation: "putFilter",
      summary: "Keeps a filter: a new one, or the next version of one that is there.",
      description: """
        It is checked first, as by /v1/filters/check, and runs from the next visit on. One that is \
        the same as before stays as it is. An owner has at most 100 filters.
        """,
      tag: "filters", parameters: [FilterEndpoints.owner, FilterEndpoints.name],
      requestBody: FilterBody.described,
      otherStatuses: refusals + [
        (409, "The owner has as many filters as one may."), (413, "The filter is too long."),
        (422, "The filter is wrong; `detail` says how."),
      ], weight: .heavy, access: .tokenMust
    ) { call in
      let (owner, name) = try FilterEndpoints.names(call)
      let token = try await state.filters.changer(of: owner, call, action: "add")
      let text = try FilterBody.read(call)
      try await FilterCheck.compiled(text)
      let added = try await state.filters.change(
        "add", "\(owner)/\(name)", token, call.client
      ) { catalog in
        let known = try catalog.userFilters(of: owner)
        guard known.count < FilterDesk.mostFilters || known.contains(where: { $0.name == name })
        else {
          throw HTTPProblem(
            .conflict, "\(owner) has \(known.count) filters, as many as one may; remove one first")
        }
        let added = try catalog.addUserFilter(owner: owner, name: name, text: text)
        return (added, "version \(added.version)\(added.isNew ? "" : ", unchanged")")
      }
      return FilterEndpoints.unkept(
        Reply.json { text in
          text.add("filter", "\(owner)/\(name)")
          text.add("version", added.version)
          text.add("isNew", added.isNew)
        })
    }
  }

  private static func remove(_ state: ServiceState) -> Endpoint {
    Endpoint(
      method: .delete, path: "/v1/filters/{owner}/{name}", operation: "removeFilter",
      summary: "Removes a filter. What its versions asked of past nights stays known.",
      tag: "filters", parameters: [FilterEndpoints.owner, FilterEndpoints.name],
      otherStatuses: refusals + [(404, "No such filter.")], weight: .heavy, access: .tokenMust
    ) { call in
      let (owner, name) = try FilterEndpoints.names(call)
      let token = try await state.filters.changer(of: owner, call, action: "remove")
      try await state.filters.change(
        "remove", "\(owner)/\(name)", token, call.client
      ) { catalog in
        guard try catalog.removeUserFilter(owner: owner, name: name) else {
          throw FilterEndpoints.missing(owner, name)
        }
        return ((), "removed")
      }
      return answer(owner, name, state: "removed")
    }
  }

  private static func turn(_ state: ServiceState, on isOn: Bool) -> Endpoint {
    let action = isOn ? "enable" : "disable"
    return Endpoint(
      method: .post, path: "/v1/filters/{owner}/{name}/\(action)", operation: "\(action)Filter",
      summary: isOn
        ? "Switches a filter on, also one that was suspended." : "Switches a filter off.",
      tag: "filters", parameters: [FilterEndpoints.owner, FilterEndpoints.name],
      otherStatuses: refusals + [(404, "No such filter.")], weight: .heavy, access: .tokenMust
    ) { call in
      let (owner, name) = try FilterEndpoints.names(call)
      let token = try await state.filters.changer(of: owner, call, action: action)
      let stored = try await state.filters.change(
        action, "\(owner)/\(name)", token, call.client
      ) { catalog in
        guard try catalog.setUserFilter(owner: owner, name: name, isEnabled: isOn),
          let stored = try catalog.userFilters(of: owner).first(where: { $0.name == name })
        else { throw FilterEndpoints.missing(owner, name) }
        return (stored, "\(action)d, version \(stored.version)")
      }
      if isOn {
        try await Blocking.run {
          try state.filters.ledger()?.resume(
            UserFilter(
              owner: owner, name: name, version: stored.version, text: stored.text))
        }
      }
      return answer(owner, name, state: "\(action)d")
    }
  }

  private static func answer(_ owner: String, _ name: String, state: String) -> Reply {
    FilterEndpoints.unkept(
      Reply.json { text in
        text.add("filter", "\(owner)/\(name)")
        text.add("state", state)
      })
  }
}
