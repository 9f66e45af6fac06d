"""Orbits at times, and on the sky."""

from dataclasses import dataclass
from typing import Optional

import numpy as np

from ._library import EclipticError, call, doubles

#: How an orbit ended: at its last time, on a body, with the ephemerides, …
VERDICTS = np.array(["complete", "impact", "outside ephemerides", "stalled", "not finite"])

_COLUMNS = [
    "ra", "dec", "ra_rate", "dec_rate", "topo_range", "helio_range", "phase_angle", "elongation",
    "mag", "sigma_major", "sigma_minor", "sigma_pa",
]  # fmt: skip


@dataclass
class Propagation:
    """States of n orbits at m times."""

    #: (n, m, 6): au and au/d, ICRF; NaN where an orbit ended before.
    states: np.ndarray
    #: (n, m, 6, 6) of the states, when the orbits had covariances.
    covariance: Optional[np.ndarray]
    #: (n,): `complete`, or why an orbit ended early.
    verdict: np.ndarray


def _orbits(states, epochs, origin, covariance, nongrav, number):
    states = np.asarray(states, dtype=np.float64)
    if states.ndim == 1:
        states = states[None]
    if states.ndim != 2 or states.shape[1] != 6:
        raise EclipticError(f"states: shape {states.shape}; (n, 6) is wanted")
    if origin not in ("SUN", "SSB"):
        raise EclipticError(f"origin: {origin!r} is neither 'SUN' nor 'SSB'")
    n = len(states)
    numbers = None
    if number is not None:
        numbers = np.ascontiguousarray(np.broadcast_to(np.asarray(number, dtype=np.int64), (n,)))
    return (
        n, np.ascontiguousarray(states), doubles(epochs, (n,), "epochs"), int(origin == "SSB"),
        doubles(covariance, (n, 6, 6), "covariance"), doubles(nongrav, (n, 3), "nongrav"), numbers,
    )  # fmt: skip


def propagate(
    states, epochs, times, *, origin="SUN", covariance=None, nongrav=None, number=None, jobs=0
) -> Propagation:
    """Moves orbits to times under the Sun, planets, Moon, Pluto, 16 asteroids and relativity.

    states: (n, 6) or (6,), au and au/d, ICRF, about the Sun (origin "SUN") or the Solar System's
        barycentre ("SSB"), in and out.
    epochs: (n,) or one, MJD TDB. times: (m,) or one, MJD TDB.
    covariance: (n, 6, 6) of the states; NaN for orbits without.
    nongrav: (n, 3): A1, A2, A3 [au/d^2] falling as 1/r^2; NaN for orbits without.
    number: (n,) asteroid numbers, 0 without: Ceres is not pulled by itself.
    jobs: cores; 0: all.

    The states agree with JPL's to about a metre over years (see the README's table).
    """
    arguments = _orbits(states, epochs, origin, covariance, nongrav, number)
    times = np.atleast_1d(np.asarray(times, dtype=np.float64))
    times = doubles(times, (times.size,), "times")
    n, m = arguments[0], len(times)
    result = np.empty((n, m, 6))
    moved = None if covariance is None else np.empty((n, m, 6, 6))
    verdicts = np.empty(n, dtype=np.int32)
    call("propagate", *arguments, m, times, int(jobs), result, moved, verdicts)
    return Propagation(result, moved, VERDICTS[verdicts])


def ephemeris(
    states, epochs, times, observatory="X05", *, H=None, G=None, origin="SUN", covariance=None,
    nongrav=None, number=None, jobs=0,
) -> np.ndarray:  # fmt: skip
    """Astrometric places of orbits as an observatory sees them.

    Orbits as of `propagate`; H, G: (n,) or one, magnitude and slope. times: (m,) or one, MJD UTC.
    observatory: an MPC code.

    Returns a structured array (n, m): ra, dec [deg, light time, no aberration], ra_rate (with
    cos dec), dec_rate [arcsec/h], topo_range, helio_range [au], phase_angle, elongation [deg], mag
    [V], sigma_major, sigma_minor [arcsec], sigma_pa [deg]; NaN for what is not known.
    """
    arguments = _orbits(states, epochs, origin, covariance, nongrav, number)
    times = np.atleast_1d(np.asarray(times, dtype=np.float64))
    times = doubles(times, (times.size,), "times")
    n, m = arguments[0], len(times)
    result = np.empty((n, m), dtype=[(name, np.float64) for name in _COLUMNS])
    verdicts = np.empty(n, dtype=np.int32)
    call(
        "ephemeris", *arguments, doubles(H, (n,), "H"), doubles(G, (n,), "G"),
        str(observatory).encode(), m, times, int(jobs), result, verdicts,
    )  # fmt: skip
    return result
