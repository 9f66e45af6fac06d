import HTTPTypes

/// The OpenAPI 3.1 description of the service, made from the declarations that requests are
/// checked by: it can't say anything else than what is done.
struct OpenAPIDocument {
  let json: [UInt8]

  init(_ endpoints: [Endpoint]) {
    var text = JSONText(capacity: 32 << 10)
    text.object { text in
      text.add("openapi", "3.1.0")
      text.object("info") { text in
        text.add("title", "Ecliptic")
        text.add("version", "1")
        text.add(
          "description",
          "Asteroids of a catalog: predictions for fields, objects, ephemerides, identification of "
            + "detections, exports; users' filters on alerts. Read-only but for filters, which who has a "
            + "token may change. Angles in degrees unless a name says otherwise.")
      }
      text.object("paths") { text in
        var paths: [String] = []
        for endpoint in endpoints where !paths.contains(endpoint.path) {
          paths.append(endpoint.path)
        }
        for path in paths {
          text.key(path)
          text.object { text in
            for endpoint in endpoints where endpoint.path == path {
              text.key(endpoint.method.rawValue.lowercased())
              text.object { Self.write(endpoint, to: &$0) }
            }
          }
        }
      }
      text.object("components") { text in
        text.object("schemas") { Self.writeProblem(to: &$0) }
        text.object("securitySchemes") { text in
          text.object("token") { text in
            text.add("type", "http")
            text.add("scheme", "bearer")
            text.add("description", "Of the operator: ecliptic filter token add.")
          }
        }
      }
    }
    json = text.bytes
  }

  var endpoint: Endpoint {
    let json = json
    return Endpoint(
      path: "/openapi.json", operation: "openapi", summary: "This document.", tag: "service"
    ) { _ in
      var reply = Reply("application/json", json)
      reply.caching = "max-age=300"
      return reply
    }
  }

  // MARK: - Parts

  private static func write(_ endpoint: Endpoint, to text: inout JSONText) {
    text.add("operationId", endpoint.operation)
    text.add("tags", texts: [endpoint.tag])
    text.add("summary", endpoint.summary)
    if !endpoint.description.isEmpty { text.add("description", endpoint.description) }
    if endpoint.access != .open {
      text.array("security") { text in
        if endpoint.access == .tokenMay { text.object { _ in } }
        text.object { $0.array("token") { _ in } }
      }
    }
    text.array("parameters") { text in
      for parameter in endpoint.parameters { text.object { write(parameter, to: &$0) } }
    }
    if let body = endpoint.requestBody {
      text.object("requestBody") { text in
        text.add("description", body.description)
        text.add("required", true)
        text.object("content") { text in
          for kind in body.mediaTypes {
            text.key(kind)
            text.object { text in
              text.object("schema") { text in
                if kind == "application/json" {
                  (body.schema ?? DetectionSchema.write)(&text)
                } else {
                  text.add("type", "string")
                }
              }
              if kind == "application/json" {
                text.key("example")
                text.verbatim(Array(body.example.utf8))
              }
            }
          }
        }
      }
    }
    text.object("responses") { writeResponses(endpoint, to: &$0) }
  }

  private static func write(_ parameter: Parameter, to text: inout JSONText) {
    text.add("name", parameter.name)
    text.add("in", parameter.isInPath ? "path" : "query")
    text.add("required", parameter.isRequired)
    text.add(
      "description",
      parameter.description + (parameter.defaultText.map { " Default: \($0)." } ?? ""))
    text.object("schema") { text in
      switch parameter.kind {
      case .number(let range):
        text.add("type", "number")
        text.add("minimum", range.lowerBound)
        text.add("maximum", range.upperBound)
      case .integer(let range):
        text.add("type", "integer")
        text.add("minimum", range.lowerBound)
        text.add("maximum", range.upperBound)
      case .text(let maximum):
        text.add("type", "string")
        text.add("minLength", 1)
        text.add("maxLength", maximum)
      case .choice(let choices):
        text.add("type", "string")
        text.add("enum", texts: choices)
      case .time:
        text.add("type", "string")
        text.add("maxLength", 64)
      case .observatory:
        text.add("type", "string")
        text.add("pattern", "^[0-9A-Za-z]{3,4}$")
      case .date:
        text.add("type", "string")
        text.add("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
      }
    }
    if let example = parameter.example {
      text.key("example")
      switch parameter.kind {
      case .number, .integer: text.verbatim(Array(example.utf8))
      default: text.value(example)
      }
    }
  }

  private static func writeResponses(_ endpoint: Endpoint, to text: inout JSONText) {
    text.object("200") { text in
      text.add("description", endpoint.summary)
      text.object("content") { text in
        for kind in endpoint.mediaTypes {
          text.key(kind)
          text.object { text in
            text.object("schema") { text in
              text.add("type", kind == "application/json" ? "object" : "string")
            }
          }
        }
      }
    }
    var others = endpoint.otherStatuses
    others += [
      (304, "The client's copy (If-None-Match) is the same."),
      (429, "Too many requests; Retry-After says when."),
    ]
    if !endpoint.parameters.isEmpty || endpoint.requestBody != nil {
      others.append((400, "A parameter is wrong; `detail` says which and what would be right."))
    }
    if endpoint.access != .open {
      others.append((401, "The token is missing, unknown, revoked or past its time."))
    }
    if endpoint.requestBody != nil {
      others.append((408, "The body did not arrive in time."))
    }
    if !endpoint.parameters.allSatisfy(\.isInPath) {
      others.append((414, "The address is too long."))
    }
    for (status, reason) in others.sorted(by: { $0.0 < $1.0 }) {
      text.key("\(status)")
      text.object { text in
        text.add("description", reason)
        // Of /ready 503 is an answer like 200.
        guard status >= 400, status != 503 || endpoint.path != "/ready" else { return }
        text.object("content") { text in
          text.object("application/problem+json") { text in
            text.object("schema") { $0.add("$ref", "#/components/schemas/Problem") }
          }
        }
      }
    }
  }

  private static func writeProblem(to text: inout JSONText) {
    text.object("Problem") { text in
      text.add("type", "object")
      text.add("description", "What was wrong with a request (RFC 9457).")
      text.add("required", texts: ["title", "status", "detail"])
      text.object("properties") { text in
        text.object("title") { $0.add("type", "string") }
        text.object("status") { $0.add("type", "integer") }
        text.object("detail") { $0.add("type", "string") }
        text.object("parameter") { $0.add("type", "string") }
      }
    }
  }
}

/// The JSON of `/v1/identify`.
enum DetectionSchema {
  @Sendable static func write(to text: inout JSONText) {
    text.add("type", "object")
    text.add("required", texts: ["detections"])
    text.object("properties") { text in
      text.object("observatory") { $0.add("type", "string") }
      text.object("time") { $0.add("type", "string") }
      text.object("detections") { text in
        text.add("type", "array")
        text.object("items") { text in
          text.add("type", "object")
          text.add("required", texts: ["ra", "dec"])
          text.object("properties") { text in
            for name: StaticString in ["id", "time", "band", "observatory"] {
              text.object(name) { $0.add("type", "string") }
            }
            number("ra", 0, 360, to: &text)
            number("dec", -90, 90, to: &text)
            for name: StaticString in ["midpointMjdTai", "mag"] {
              text.object(name) { $0.add("type", "number") }
            }
            for name: StaticString in ["raErr", "decErr", "magErr"] {
              text.object(name) { text in
                text.add("type", "number")
                text.add("exclusiveMinimum", 0.0)
                text.add("exclusiveMaximum", 10.0)
              }
            }
          }
        }
      }
    }
  }

  private static func number(
    _ name: StaticString, _ least: Double, _ most: Double, to text: inout JSONText
  ) {
    text.object(name) { text in
      text.add("type", "number")
      text.add("minimum", least)
      text.add("maximum", most)
    }
  }
}
