// Astrometry: what was seen, and where a given orbit should be seen.
//
// In:      detections from any format; orbits; the observer's place from Dynamics.
// Out:     Detection, AstrometricObservation (time in TDB, direction, covariance, observer's
//          barycentric state), predicted places with light time and partials, error models.
// Refuses: to know about linking, files and databases.
