// Orbit determination: initial orbits, differential correction, rejection, verdicts.
