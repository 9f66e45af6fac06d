// ERFA: time scales, precession-nutation, Earth rotation (the IAU SOFA algorithms).
#include <erfa.h>
#include <erfaextra.h>
