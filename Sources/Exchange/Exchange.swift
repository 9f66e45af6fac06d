// Exchange: every file format, in and out.
//
// In:      files that people and other programs write: detections (LSST CSV, ADES PSV, XML and CSV,
//          MPC 80-column), orbits (MPCORB.DAT, mpc_orb JSON, orbit CSV), links.
// Out:     Detection and CatalogOrbit values, in batches, each bad record as a QuarantinedRecord with
//          its line; tables written to a temporary name and renamed.
// Refuses: to guess. A file that is no known format, or lacks a column, is an ExchangeError that says
//          what was seen; a record that is wrong is set aside with the reason, never dropped.
//
// Start at DetectionFile and OrbitFile for what comes in, TableWriter for what goes out.
