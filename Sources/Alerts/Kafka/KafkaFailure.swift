import CRDKafka

/// What librdkafka reports, and whether beginning again from the committed offsets can help.
struct KafkaFailure: Error {
  var action: String
  var reason: String
  var code: rd_kafka_resp_err_t

  init(_ action: String, code: rd_kafka_resp_err_t, reason: String? = nil) {
    self.action = action
    self.code = code
    self.reason = reason ?? String(cString: rd_kafka_err2str(code))
  }

  /// Takes over the error; nil for no error.
  init?(_ action: String, _ error: OpaquePointer?) {
    guard let error else { return nil }
    self.init(
      action, code: rd_kafka_error_code(error),
      reason: String(cString: rd_kafka_error_string(error)))
    rd_kafka_error_destroy(error)
  }

  /// Wrong settings, missing rights and messages over a limit stay wrong; all else may pass.
  var isLasting: Bool {
    switch code {
    case RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
      RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART,
      RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
      true
    default: false
    }
  }

  /// Brokers that are there and don't want us.
  var isRefusal: Bool {
    switch code {
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL,
      RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE,
      RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
      true
    default: false
    }
  }

  var error: AlertsError {
    let remedy =
      switch code {
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
        "; raise message.max.bytes in --kafka-config, and max.message.bytes of the topic"
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
        "; create the topic"
      case RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT,
        RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
        "; are the brokers reachable, and security.protocol and SASL settings in --kafka-config?"
      case _ where isRefusal:
        "; security.protocol and the ssl. and sasl. settings in --kafka-config must be the brokers'"
      default: ""
      }
    return .kafka(action: action, reason: reason + remedy)
  }
}
