// Alerts: alert packets in, detections, orbits and tagged packets out.
//
// In:      Avro object containers, Confluent-framed messages (LSST), folders of them; schemas.
// Out:     Detection (for ingest), CatalogOrbit (for import), value trees (to look at an alert),
//          packets with `ssSource` and `mpc_orbits` spliced in and every other byte as it was.
// Refuses: to know how orbits are made, and databases. A packet that cannot be read becomes a
//          QuarantinedRecord with its byte offset, never a crash.
//
// Read on in Avro/ (schema, projection, decoder, encoder), Containers/ (what a file holds),
// Schemas/ (what a framed message's id means), Packets/ (what an alert says), Tagging/.
