// Simulation: a survey over real orbits with known truth.
