"use strict";
// What is shown: #/ tonight, #/object/NAME one object, #/field what is in a field.

const main = document.getElementById("main");

async function api(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const body = await answer.json().catch(() => ({ detail: answer.statusText }));
  if (!answer.ok) throw new Error(body.detail || answer.statusText);
  return body;
}

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function panel(title, ...children) {
  const id = "p-" + title.replace(/\W+/g, "-").toLowerCase();
  return element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children);
}

function figures(pairs) {
  const list = element("dl", { class: "figures" });
  for (const [name, value] of pairs) {
    if (value === null || value === undefined || value === "") continue;
    list.append(element("div", {}, element("dt", {}, name), element("dd", {}, String(value))));
  }
  return list;
}

/** Rows as a table; a column is [title, row => text or node]. */
function table(caption, columns, rows) {
  const head = element("tr", {}, ...columns.map(([title]) => element("th", { scope: "col" }, title)));
  const body = rows.map((row) => element("tr", {}, ...columns.map(([, cell]) => {
    const value = cell(row);
    return element("td", {}, value === null || value === undefined ? "" : value);
  })));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption), element("thead", {}, head),
      element("tbody", {}, ...body)));
}

const fixed = (value, digits) => (value === null || value === undefined ? null : value.toFixed(digits));
const objectLink = (name) => element("a", { href: "#/object/" + encodeURIComponent(name) }, name);
const plotted = (make) => (window.d3 ? make() : note("Plots need d3: install Debian's libjs-d3 where the service runs."));

/** How well a track is known, as ellipses smaller than a dot can't be seen in it. */
function uncertaintyText(places) {
  const sigmas = places.map((d) => d.sigmaMajor).filter((sigma) => sigma !== null);
  if (!sigmas.length) return "The orbit has no covariance: how well the track is known can't be told.";
  const text = [sigmas[0], sigmas[sigmas.length - 1]].map((sigma) => sigma >= 10 ? sigma.toFixed(0) : sigma.toPrecision(2));
  return `1 sigma along the ellipse: ${text[0]} arcsec at the beginning, ${text[1]} at the end.`;
}

// Pages

async function tonight() {
  const [{ nights }, ready] = await Promise.all([
    api("/v1/nights?limit=30"),
    fetch("/ready").then((answer) => answer.json()),
  ]);
  document.title = "Tonight - Ecliptic";
  const nodes = [element("h1", {}, "Tonight"), figures([
    ["orbits in the catalog", ready.orbits.toLocaleString("en")],
    ["in tonight's table", ready.tableObjects === null ? "being made, " + (ready.orbitsDone || 0).toLocaleString("en") + " done" : ready.tableObjects.toLocaleString("en")],
    ["nights with detections", nights.length],
  ])];
  if (!nights.length) {
    nodes.push(note("The catalog has no detections yet: ecliptic ingest brings them."));
    return nodes;
  }
  const wanted = new URLSearchParams(location.hash.split("?")[1] || "").get("night") || nights[0].night;
  const night = await api("/v1/nights/" + wanted);
  const grid = element("div", { class: "grid" });
  grid.append(
    panel("Night of " + night.night, figures([
      ["detections", night.detections.toLocaleString("en")],
      ["of known objects", night.attributed.toLocaleString("en")],
      ["objects", night.objects.toLocaleString("en")],
      ["visits", night.visits.length],
    ])),
    panel("Sky map", night.visits.length ? plotted(() => skyMap(night.visits)) : note("No visits of that night.")));
  if (night.run) {
    grid.append(panel("Run", figures([["seconds", night.run.seconds.toFixed(1)], ["began", night.run.startedAt]]),
      table("Stages of the nightly run", [["stage", (d) => d.stage], ["seconds", (d) => d.seconds.toFixed(2)]],
        night.run.stages)));
  }
  grid.append(panel("Nights", table("Nights with detections, the newest first", [
    ["night", (d) => element("a", { href: "#/?night=" + d.night }, d.night)],
    ["detections", (d) => d.detections.toLocaleString("en")],
    ["of known objects", (d) => d.attributed.toLocaleString("en")],
    ["objects", (d) => d.objects.toLocaleString("en")],
  ], nights)));
  nodes.push(grid);
  return nodes;
}

async function object(name) {
  const path = "/v1/objects/" + encodeURIComponent(name);
  const page = await api(path);
  document.title = page.designation + " - Ecliptic";
  const row = page.mpc_orbits;
  const fit = page.orbit || {};
  const nodes = [element("h1", {}, page.designation), figures([
    ["packed", page.packed], ["H", fixed(fit.H, 2)],
    ["perihelion, au", row && fixed(row.q, 5)], ["eccentricity", row && fixed(row.e, 5)],
    ["inclination, deg", row && fixed(row.i, 4)], ["MOID Earth, au", row && fixed(row.earth_moid, 5)],
    ["observations", page.observations.length || fit.nObs], ["arc, days", fixed(fit.arcDays, 1)],
    ["rms, arcsec", fixed(fit.rmsArcsec, 3)],
  ])];
  const grid = element("div", { class: "grid" });
  if (row) {
    const track = panel("Sky track", element("p", { class: "quiet" }, "Loading the next 60 days."));
    grid.append(panel("Orbit from ecliptic north", plotted(() => orbitView(row))), track);
    const start = new Date().toISOString().slice(0, 19) + "Z";
    const stop = new Date(Date.now() + 60 * 86400000).toISOString().slice(0, 19) + "Z";
    api(`${path}/ephemeris?start=${start}&stop=${stop}&step=1`).then((answer) => {
      track.lastChild.replaceWith(plotted(() => skyTrack(answer.ephemeris)));
      track.append(note(uncertaintyText(answer.ephemeris)));
    }).catch((error) => track.lastChild.replaceWith(note("No track: " + error.message)));
  }
  const rows = page.observations;
  if (rows.length) {
    grid.append(
      panel("Residuals by date", plotted(() => residualPlot(rows, "date"))),
      panel("Residuals along and across the track", plotted(() => residualPlot(rows, "track"))),
      panel("Magnitudes", plotted(() => magnitudePlot(rows, page.phaseCurves))));
  }
  nodes.push(grid);
  nodes.push(panel("Observations", rows.length ? table(`${rows.length} observations`, [
    ["identifier", (d) => d.obs_id], ["date, UTC", (d) => new Date((d.midpointMjdTai - 40587) * 86400000 - 37000).toISOString().slice(0, 19)],
    ["site", (d) => d.observatory], ["ra, deg", (d) => fixed(d.ra, 6)], ["dec, deg", (d) => fixed(d.dec, 6)],
    ["mag", (d) => fixed(d.mag, 2)], ["band", (d) => d.band],
    ["along, arcsec", (d) => fixed(d.ephOffsetAlongTrack, 3)], ["across", (d) => fixed(d.ephOffsetCrossTrack, 3)],
  ], rows) : note("The catalog has no observations of this object, only its orbit.")));
  nodes.push(downloads(page));
  return nodes;
}

function downloads(page) {
  // The number has more digits than a JavaScript number keeps; the name has not.
  const named = encodeURIComponent(`designation = '${page.designation.replace(/'/g, "''")}'`);
  const own = encodeURIComponent(
    `ssObjectId = (SELECT ssObjectId FROM mpc_orbits WHERE designation = '${page.designation.replace(/'/g, "''")}')`);
  const links = [
    ["everything as JSON", "/v1/objects/" + encodeURIComponent(page.designation)],
    ["orbit as CSV", "/v1/export/orbits?format=csv&where=" + named],
    ["orbit as MPCORB", "/v1/export/orbits?format=mpcorb&where=" + named],
    ["orbit for OrbFit", "/v1/export/orbits?format=oef&where=" + named],
    ["observations as ADES PSV", "/v1/export/DiaSource?format=ades-psv&where=" + own],
    ["observations in 80 columns", "/v1/export/DiaSource?format=obs80&where=" + own],
    ["observations as VOTable", "/v1/export/DiaSource?format=votable&where=" + own],
  ];
  const list = element("ul", {});
  for (const [text, href] of links) list.append(element("li", {}, element("a", { href }, text)));
  return panel("Downloads", list);
}

async function field() {
  document.title = "What is in a field - Ecliptic";
  const query = new URLSearchParams(location.hash.split("?")[1] || "");
  const now = new Date().toISOString().slice(0, 19) + "Z";
  const input = (name, label, value, attributes = {}) => {
    const box = element("input", { name, id: "f-" + name, required: "", ...attributes });
    box.value = query.get(name) || value;
    return element("label", { for: "f-" + name }, label, box);
  };
  const degrees = (min, max) => ({ type: "number", step: "any", min, max, inputmode: "decimal" });
  const form = element("form", { class: "field", "aria-label": "Field" },
    input("ra", "Right ascension, deg", "60", degrees(0, 360)),
    input("dec", "Declination, deg", "20", degrees(-90, 90)),
    input("radius", "Radius, deg", "1", degrees(0, 10)),
    input("time", "Time, UTC or MJD:scale", now),
    input("observatory", "Observatory, MPC code", "X05", { pattern: "[0-9A-Za-z]{3,4}" }),
    input("faintest", "Faintest V", "25", degrees(-30, 40)),
    element("button", {}, "Show"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = "#/field?" + new URLSearchParams(new FormData(form));
  });
  const nodes = [element("h1", {}, "What is in this field?"), form];
  if (!query.get("ra")) return nodes;
  try {
    const answer = await api("/v1/predict?" + query);
    nodes.push(element("p", {}, `${answer.count} known objects.`));
    if (answer.count) {
      nodes.push(element("div", { class: "grid" }, panel("Field", plotted(() => fieldPlot(answer))),
        panel("Objects", table("Nearest to the centre first", [
          ["object", (d) => (d.designation ? objectLink(d.designation) : String(d.ssObjectId))],
          ["ra, deg", (d) => fixed(d.ra, 5)], ["dec, deg", (d) => fixed(d.dec, 5)],
          ["V", (d) => fixed(d.mag, 1)], ["arcsec/h", (d) => fixed(Math.hypot(d.raRate, d.decRate), 1)],
          ["1 sigma, arcsec", (d) => fixed(d.sigmaMajor, 2)], ["from centre, deg", (d) => fixed(d.separation, 3)],
        ], answer.objects))));
    }
  } catch (error) {
    nodes.push(element("p", { class: "error", role: "alert" }, error.message));
  }
  return nodes;
}

// Ways

let turn = 0;
async function show() {
  const mine = ++turn;
  const [path] = location.hash.replace(/^#/, "").split("?");
  main.setAttribute("aria-busy", "true");
  let nodes;
  try {
    if (path.startsWith("/object/")) nodes = await object(decodeURIComponent(path.slice(8)));
    else if (path === "/field") nodes = await field();
    else nodes = await tonight();
  } catch (error) {
    nodes = [element("h1", {}, "Not found"), element("p", { class: "error", role: "alert" }, error.message)];
  }
  // A later wish has overtaken this one.
  if (mine !== turn) return;
  main.replaceChildren(...nodes);
  main.setAttribute("aria-busy", "false");
}

const search = document.getElementById("search");
let waiting;
search.elements.name.addEventListener("input", () => {
  clearTimeout(waiting);
  const prefix = search.elements.name.value.trim();
  if (prefix.length < 2) return;
  waiting = setTimeout(async () => {
    try {
      const { names } = await api("/v1/names?limit=12&prefix=" + encodeURIComponent(prefix));
      document.getElementById("names").replaceChildren(...names.map((value) => element("option", { value })));
    } catch {
      document.getElementById("names").replaceChildren();
    }
  }, 150);
});
search.addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = "#/object/" + encodeURIComponent(search.elements.name.value.trim());
  main.focus();
});
window.addEventListener("hashchange", show);
show();
