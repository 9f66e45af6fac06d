// OrbitFit: from measured directions to an orbit, its uncertainty and a verdict.
//
// In:      [AstrometricObservation] (Astrometry), a start when there is one, a SolarSystem where
//          the planets' pull matters.
// Out:     FitResult: orbit, square-root information, residuals, what was rejected, and whether
//          the observations determine the orbit at all. A fit that fails is a value, not an error.
// Refuses: to know of files and databases.
//
// Read first fitOrbit (FitOrbit.swift), then ArcFitter, the kernel that it and the linker share:
//   Kernel/   sight lines, parameters, triangular least squares, Levenberg-Marquardt, rejection
//   Starts/   initial orbits: Gauss, range scan
//   Verdict/  what the observations determine
