// Dynamics: where bodies are and how they move.
//
// In:      kernels and tables of the Ephemerides folder; states and elements.
// Out:     Ephemeris (Sun to the 16 asteroids), Observatories and Earth orientation, Orbit with
//          elements and covariance, propagation (two-body and perturbed), photometric models,
//          designations.
// Refuses: to know what a detection is.
//
// One module, so that force model, integrator and ephemeris evaluation are optimised whole.
// Start reading at SolarSystem.swift (everything a caller passes in) and Orbit/Orbit.swift.
