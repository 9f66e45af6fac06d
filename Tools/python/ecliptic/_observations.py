"""From detections to orbits: fit and link."""

from dataclasses import dataclass

import numpy as np

from ._library import EclipticError, call, doubles

_ORBIT = np.dtype(
    [("epoch", "f8"), ("state", "f8", 6), ("rms", "f8"), ("chi2", "f8"), ("dof", "f8"),
     ("n_used", "f8"), ("flags", "f8")]
)  # fmt: skip


@dataclass
class Fit:
    """Orbits of n objects, fitted to N detections."""

    #: (n,): the objects, in the order of their first detection's name.
    objects: np.ndarray
    #: (n,) MJD TDB; NaN where no orbit was found.
    epoch: np.ndarray
    #: (n, 6) heliocentric, au and au/d, ICRF.
    states: np.ndarray
    #: (n, 6, 6) of the states.
    covariance: np.ndarray
    #: (n,) of the residuals [arcsec].
    rms: np.ndarray
    chi2: np.ndarray
    dof: np.ndarray
    #: (n,) the iteration ended at a minimum; the detections determine all six parameters.
    converged: np.ndarray
    determined: np.ndarray
    #: (N,) observed minus computed, RA x cos(dec) and dec [arcsec], and whether it was used.
    residual_ra: np.ndarray
    residual_dec: np.ndarray
    used: np.ndarray


@dataclass
class Links:
    """Which of N detections are the same object."""

    #: (N,): whose each detection is, from 0; -1: nobody's.
    link: np.ndarray
    #: (n,) MJD TDB, and (n, 6) the orbit of each linkage, heliocentric, ICRF.
    epoch: np.ndarray
    states: np.ndarray
    #: (n,) [arcsec]
    rms: np.ndarray


def _detections(times, ra, dec, ra_err, dec_err, observatory):
    times = np.atleast_1d(np.asarray(times, dtype=np.float64))
    n = times.size
    codes = np.broadcast_to(np.asarray(observatory, dtype="U"), (n,))
    if any(len(code) > 4 for code in np.unique(codes)):
        raise EclipticError("observatory: an MPC code has three or four letters, such as X05")
    return (
        n, doubles(times, (n,), "times"), doubles(ra, (n,), "ra"), doubles(dec, (n,), "dec"),
        doubles(ra_err, (n,), "ra_err"), doubles(dec_err, (n,), "dec_err"),
        np.ascontiguousarray(codes.astype("S4")),
    )  # fmt: skip


def fit(
    objects, times, ra, dec, ra_err=None, dec_err=None, observatory="X05", *, two_body=False,
    jobs=0,
) -> Fit:  # fmt: skip
    """Fits one orbit to the detections of each object, under all forces.

    objects: (N,) names or numbers: whose each detection is. times: (N,) MJD UTC. ra, dec: (N,) deg.
    ra_err (with cos dec), dec_err: (N,) or one, arcsec; NaN or None: the station's usual errors.
    observatory: (N,) or one, MPC codes. two_body: the Sun's pull alone.

    Nothing need be known beforehand; outliers are rejected. An object whose detections give no
    orbit has NaN.
    """
    arguments = _detections(times, ra, dec, ra_err, dec_err, observatory)
    n = arguments[0]
    objects = np.asarray(objects)
    if objects.shape != (n,):
        raise EclipticError(f"objects: shape {objects.shape}, times have {(n,)}")
    names, members = np.unique(objects, return_inverse=True)
    members = np.ascontiguousarray(members.reshape(-1), dtype=np.int64)
    orbits = np.empty(len(names), dtype=_ORBIT)
    covariances = np.empty((len(names), 6, 6))
    residuals = np.empty((n, 3))
    call(
        "fit", *arguments, len(names), members, int(two_body), int(jobs), orbits, covariances,
        residuals,
    )  # fmt: skip
    flags = np.nan_to_num(orbits["flags"]).astype(int)
    return Fit(
        names, orbits["epoch"], orbits["state"], covariances, orbits["rms"], orbits["chi2"],
        orbits["dof"], flags & 1 > 0, flags & 2 > 0, residuals[:, 0], residuals[:, 1],
        residuals[:, 2] > 0,
    )  # fmt: skip


def link(
    times, ra, dec, ra_err=None, dec_err=None, observatory="X05", *, mag=None, min_nights=3,
    min_detections=6, window_days=20.0, jobs=0,
) -> Links:  # fmt: skip
    """Links detections of several nights into objects; no detection belongs to two.

    Detections as of `fit`; mag: (N,), NaN for unknown. min_nights, min_detections: what a linkage
    must have. window_days: the longest arc that is sought at once.
    """
    arguments = _detections(times, ra, dec, ra_err, dec_err, observatory)
    n = arguments[0]
    links = np.empty(n, dtype=np.int64)
    room = n // max(1, int(min_detections)) + 1
    orbits = np.empty(room, dtype=_ORBIT)
    count = call(
        "link", *arguments, doubles(mag, (n,), "mag"), int(min_nights), int(min_detections),
        float(window_days), int(jobs), links, room, orbits,
    )  # fmt: skip
    orbits = orbits[:count]
    return Links(links, orbits["epoch"], orbits["state"], orbits["rms"])
