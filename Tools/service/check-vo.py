"""Asks a running service as astronomers' programs do: pyvo, astropy's validator.

    check-vo.py ADDRESS
"""
import io
import json
import sys
import urllib.request
import warnings

import pyvo
from astropy.io.votable import parse_single_table, validate

address = sys.argv[1]
warnings.simplefilter("ignore")
epoch = "2461367.6666667"  # 2026-11-23T04:00:00 UTC
query = pyvo.dal.SCSQuery(address + "/scs", pos=(60, 20), radius=2.0, EPOCH=epoch, OBSERVER="X05")
table = query.execute().to_table()
answer = json.load(urllib.request.urlopen(
    f"{address}/v1/predict?ra=60&dec=20&radius=2&time=2026-11-23T04:00:00Z&observatory=X05"))
assert len(table) == answer["count"] > 0, (len(table), answer["count"])
for row, entry in zip(table, answer["objects"]):
    assert row["designation"] == entry["designation"]
    # The epoch as a Julian date has 40 microseconds, in which nothing moves by 1e-8 degrees.
    assert abs(row["ra"] - entry["ra"]) < 1e-7 and abs(row["dec"] - entry["dec"]) < 1e-7
try:
    pyvo.dal.SCSQuery(address + "/scs", pos=(60, 20), radius=100.0).execute()
    raise AssertionError("a radius of 100 degrees was taken")
except pyvo.DALQueryError as error:
    assert "SR" in str(error), error
for path in [
    f"/scs?RA=60&DEC=20&SR=1&EPOCH={epoch}", "/scs?RA=60&DEC=20&SR=0",
    "/v1/predict?ra=60&dec=20&radius=1&time=2026-11-23T04:00:00Z&format=votable",
    "/v1/objects?limit=20&format=votable", "/v1/export/mpc_orbits?format=votable",
]:
    body = urllib.request.urlopen(address + path).read()
    report = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fine = validate(io.BytesIO(body), report)
        rows = len(parse_single_table(io.BytesIO(body)).array)
    print(f"{path}: {rows} rows, {'valid' if fine else report.getvalue()}")
    assert fine
print(f"pyvo {pyvo.__version__}: {len(table)} objects, the same as /v1/predict's")
