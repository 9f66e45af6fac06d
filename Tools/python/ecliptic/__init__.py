"""Orbits of asteroids with numpy: propagate, ephemeris, fit, link.

A thin door to Ecliptic's own routines; all cores, no files. Times are Modified Julian Dates, states
are x, y, z [au], vx, vy, vz [au/d] in ICRF axes, angles are degrees, errors arcseconds.

>>> import ecliptic as ec
>>> eros = [[0.31, 1.21, 0.62, -0.0130, 0.0048, -0.0031]]
>>> ec.propagate(eros, 60000.0, [60100.0]).states.shape
(1, 1, 6)

The library is libEclipticC.so of `swift build -c release`; ECLIPTIC_LIBRARY names another place.
"""

from ._ephemeris import Propagation, ephemeris, propagate
from ._library import EclipticError
from ._observations import Fit, Links, fit, link

__all__ = ["EclipticError", "Fit", "Links", "Propagation", "ephemeris", "fit", "link", "propagate"]
