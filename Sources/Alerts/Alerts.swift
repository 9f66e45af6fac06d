// Alerts: Avro packets in, tagged packets out.
