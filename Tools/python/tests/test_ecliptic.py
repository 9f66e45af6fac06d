"""The Python door: the same numbers as the program's, and truth that neither of them made."""

import csv
import io
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

import ecliptic as ec

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = ROOT / ".build" / "release" / "ecliptic"
SHARED = ROOT.parent / "shared" / "data"
HORIZONS = SHARED / "truth" / "horizons_states_ephem_X05.csv"
SURVEY = ROOT / "Fixtures" / "survey"


def run(*arguments):
    """What the program prints."""
    environment = dict(os.environ, ECLIPTIC_EPHEMERIDES=str(ROOT / "Ephemerides"))
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


@pytest.fixture(scope="module")
def orbits(tmp_path_factory):
    """The first fixture orbits as states, by the program."""
    with open(ROOT / "Fixtures" / "orbits" / "sbdb.csv") as file:
        lines = [next(file) for _ in range(41)]
    path = tmp_path_factory.mktemp("orbits") / "orbits.csv"
    path.write_text("".join(lines))
    rows = run("propagate", path, "--to", "60000:tdb", "--output", "-")
    names = ["x", "y", "z", "vx", "vy", "vz"]
    return path, np.array([[float(r[n]) for n in names] for r in rows]), [
        r["designation"] for r in rows
    ]


def numbers(names):
    return [int(name) if name.isdigit() else 0 for name in names]


def test_propagation_is_the_programs(orbits):
    path, states, names = orbits
    moved = ec.propagate(states, 60000.0, [60100.0, 60500.0], number=numbers(names))
    assert moved.states.shape == (len(states), 2, 6)
    assert (moved.verdict == "complete").all()
    back = ec.propagate(moved.states[:, 1], 60500.0, 60000.0, number=numbers(names)).states[:, 0]
    # There and back over 500 days: the integrator's own error, metres (1e-11 au).
    assert np.abs(back - states)[:, :3].max() < 1e-10
    truth = run("propagate", path, "--to", "60500:tdb", "--output", "-")
    for row, state in zip(truth, moved.states[:, 1]):
        # The program comes from another epoch, by other steps.
        assert abs(float(row["x"]) - state[0]) < 1e-10


@pytest.mark.skipif(not HORIZONS.exists(), reason="needs the real data folder")
def test_ephemeris_is_horizons():
    with open(HORIZONS) as file:
        rows = list(csv.DictReader(file))
    assert rows, "no rows of truth"
    checked = 0
    by_object = {}
    for row in rows:
        by_object.setdefault(row["object"], []).append(row)
    for rows in by_object.values():
        good = [r for r in rows if r["radec_consistent"] == "1"]
        # JPL's orbit of 1I has accelerations that the file of states does not give.
        if len(good) < 2 or "Oumuamua" in rows[0]["object"]:
            continue
        first = good[0]
        names = [f"{k}_ssb_icrf" for k in "xyz"] + [f"v{k}_ssb" for k in "xyz"]
        state = [float(first[name]) for name in names]
        utc = [float(r["jd_utc"]) - 2400000.5 for r in good[:10]]
        epoch = float(first["jd_tdb"]) - 2400000.5
        places = ec.ephemeris(state, epoch, utc, first["obscode"], origin="SSB")
        for row, place in zip(good[:10], places[0]):
            east = (place["ra"] - float(row["ra_deg"])) * np.cos(np.radians(place["dec"]))
            north = place["dec"] - float(row["dec_deg"])
            # Times of the truth have 1e-8 d, in which 250"/h are 6e-5".
            assert np.hypot(east, north) * 3600 < 2e-4
            checked += 1
    assert checked > 50


def test_covariance_grows_and_gives_an_ellipse(orbits):
    _, states, _ = orbits
    covariance = np.diag([1e-16] * 3 + [1e-20] * 3)
    moved = ec.propagate(states[:3], 60000.0, [60000.0, 60400.0], covariance=covariance)
    assert np.allclose(moved.covariance[:, 0], covariance, rtol=1e-9, atol=1e-30)
    assert (np.trace(moved.covariance[:, 1, :3, :3], axis1=1, axis2=2) > 3e-16).all()
    sky = ec.ephemeris(states[:3], 60000.0, 60400.0, "X05", covariance=covariance, H=15.0, G=0.15)
    assert (sky["sigma_major"] >= sky["sigma_minor"]).all() and (sky["sigma_minor"] > 0).all()
    assert np.isfinite(sky["mag"]).all()


@pytest.fixture(scope="module")
def survey():
    with open(SURVEY / "detections.csv") as file:
        rows = list(csv.DictReader(file))
    with open(SURVEY / "truth.csv") as file:
        truth = {r["diaSourceId"]: r for r in csv.DictReader(file)}
    return rows, truth


def arrays(rows):
    # Leap seconds since 2017: TAI - UTC = 37 s.
    times = np.array([float(r["midpointMjdTai"]) for r in rows]) - 37 / 86400
    get = lambda name, scale=1.0: np.array([float(r[name]) * scale for r in rows])
    return times, get("ra"), get("dec"), get("raErr", 3600.0), get("decErr", 3600.0)


def test_links_are_the_programs(survey, tmp_path):
    rows, _ = survey
    found = ec.link(
        *arrays(rows), observatory=[r.get("obscode") or "X05" for r in rows],
        mag=[float(r["mag"]) if r.get("mag") else 31.4 - 2.5 * np.log10(float(r["psfFlux"])) for r in rows],
    )  # fmt: skip
    program = run("link", SURVEY / "detections.csv", "--output", "-")
    theirs = {}
    for row in program:
        theirs.setdefault(row["linkId"], set()).add(row["diaSourceId"])
    ours = {}
    for row, link in zip(rows, found.link):
        if link >= 0:
            ours.setdefault(int(link), set()).add(row["diaSourceId"])
    assert len(found.states) == len(ours) > 100
    same = {frozenset(s) for s in ours.values()} & {frozenset(s) for s in theirs.values()}
    # Times of the program keep two doubles, ours one: a detection on the edge may differ.
    assert len(same) >= 0.99 * len(theirs)
    assert (found.rms < 2).all() and np.isfinite(found.states).all()


def test_fits_of_linked_objects(survey):
    rows, _ = survey
    links = ec.link(*arrays(rows))
    chosen = np.flatnonzero((links.link >= 0) & (links.link < 40))
    times, ra, dec, ra_err, dec_err = (column[chosen] for column in arrays(rows))
    fit = ec.fit(links.link[chosen], times, ra, dec, ra_err, dec_err)
    assert list(fit.objects) == list(range(40))
    assert fit.converged.all() and (fit.rms < 1).all()
    assert fit.used.mean() > 0.95 and np.abs(fit.residual_ra[fit.used]).max() < 3
    for state, epoch, link_state, link_epoch in zip(
        fit.states, fit.epoch, links.states, links.epoch
    ):
        moved = ec.propagate(state, epoch, link_epoch).states[0, 0]
        # The same detections, weighed alike but for crowded nights: within their uncertainty.
        assert np.linalg.norm(moved[:3] - link_state[:3]) < 0.3 * np.linalg.norm(link_state[:3])


@pytest.mark.parametrize(
    "wrong, message",
    [
        (lambda: ec.propagate([[1, 2, 3]], 60000, 60001), "shape"),
        (lambda: ec.propagate([[np.nan] * 6], 60000, 60001), "orbit 0"),
        (lambda: ec.propagate([[1, 0, 0, 0, 0.017, 0]], 60000, np.nan), "times"),
        (lambda: ec.propagate([[1, 0, 0, 0, 0.017, 0]], [1, 2], 60001), "epochs"),
        (lambda: ec.propagate([[1, 0, 0, 0, 0.017, 0]], 60000, 1, covariance=-np.eye(6)), "orbit 0"),
        (lambda: ec.ephemeris([[1, 0, 0, 0, 0.017, 0]], 60000, 60001, "!!"), "MPC code"),
        (lambda: ec.ephemeris([[1, 0, 0, 0, 0.017, 0]], 60000, 1e6), "ephemer"),
        (lambda: ec.fit([1], [60000], [400], [0]), "ra 400"),
        (lambda: ec.fit([1], [60000], [4], [-91]), "dec -91"),
        (lambda: ec.fit([1], [60000], [4], [0], ra_err=-1), "ra_err"),
        (lambda: ec.fit([1, 2], [60000], [4], [0]), "objects"),
        (lambda: ec.link([60000], [4], [0], observatory="nowhere"), "MPC code"),
        (lambda: ec.link([60000], [4], [0], observatory="ZZZ"), "detection 0"),
    ],
)
def test_errors_say_what_is_wrong(wrong, message):
    with pytest.raises(ec.EclipticError, match=message):
        wrong()


def test_nothing_in_nothing_out():
    assert ec.propagate(np.empty((0, 6)), 60000.0, [60001.0]).states.shape == (0, 1, 6)
    assert len(ec.link([], [], []).states) == 0
    assert len(ec.fit([], [], [], []).objects) == 0


def test_the_readmes_lines_run(monkeypatch, capsys):
    pytest.importorskip("pandas")
    text = (ROOT / "README.md").read_text()
    lines = text.split("## From Python")[1].split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(ROOT)
    exec(compile(lines, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    # The survey has 814 objects that can be found.
    assert 800 < int(printed.split()[0]) < 900 and "arcsec" in printed
