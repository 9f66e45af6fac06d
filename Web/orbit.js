"use strict";
// The orbit from above the ecliptic with the planets, two-body motion: to look at, not to measure by.

// Mean elements at J2000 and their change by century: a [au], e, i, L, longitude of perihelion,
// node [deg] (Standish, "Keplerian Elements for Approximate Positions of the Major Planets").
const PLANETS = [
  ["Mercury", [0.38709927, 0.20563593, 7.00497902, 252.2503235, 77.45779628, 48.33076593], 149472.67411175],
  ["Venus", [0.72333566, 0.00677672, 3.39467605, 181.9790995, 131.60246718, 76.67984255], 58517.81538729],
  ["Earth", [1.00000261, 0.01671123, 0, 100.46457166, 102.93768193, 0], 35999.37244981],
  ["Mars", [1.52371034, 0.0933941, 1.84969142, -4.55343205, -23.94362959, 49.55953891], 19140.30268499],
  ["Jupiter", [5.202887, 0.04838624, 1.30439695, 34.39644051, 14.72847983, 100.47390909], 3034.74612775],
  ["Saturn", [9.53667594, 0.05386179, 2.48599187, 49.95424423, 92.59887831, 113.66242448], 1222.49362201],
  ["Uranus", [19.18916464, 0.04725744, 0.77263783, 313.23810451, 170.9542763, 74.01692503], 428.48202785],
  ["Neptune", [30.06992276, 0.00859048, 1.77004347, -55.12002969, 44.96476227, 131.78422574], 218.45945325],
];
const RAD = Math.PI / 180;

function planetElements([, [a, e, i, L, peri, node], rate], mjd) {
  const centuries = (mjd - 51544.5) / 36525;
  return { a, e, q: a * (1 - e), i, node, argperi: peri - node,
    M: L - peri + rate * centuries };
}

/** Position in the ecliptic frame [au] at a true anomaly [rad]. */
function place(el, nu) {
  const r = el.q * (1 + el.e) / (1 + el.e * Math.cos(nu));
  const u = nu + el.argperi * RAD;
  const [cn, sn, ci, si] = [Math.cos(el.node * RAD), Math.sin(el.node * RAD), Math.cos(el.i * RAD), Math.sin(el.i * RAD)];
  return [r * (cn * Math.cos(u) - sn * Math.sin(u) * ci), r * (sn * Math.cos(u) + cn * Math.sin(u) * ci), r * Math.sin(u) * si];
}

/** True anomaly from the mean one [deg], for ellipses; from days since perihelion for the rest. */
function trueAnomaly(el, mjd) {
  const k = 0.01720209895;
  if (el.e < 1) {
    const M = ((el.M % 360) + 540) % 360 * RAD - Math.PI;
    let E = M + 0.85 * el.e * Math.sign(Math.sin(M));
    for (let n = 0; n < 30; n += 1) E -= (E - el.e * Math.sin(E) - M) / (1 - el.e * Math.cos(E));
    return 2 * Math.atan2(Math.sqrt(1 + el.e) * Math.sin(E / 2), Math.sqrt(1 - el.e) * Math.cos(E / 2));
  }
  const t = mjd - el.tp;
  if (el.e === 1) {
    const W = 3 * k * t / Math.sqrt(2 * el.q ** 3) / 2;
    const y = Math.cbrt(W + Math.sqrt(W * W + 1));
    return 2 * Math.atan(y - 1 / y);
  }
  const a = el.q / (el.e - 1);
  const M = k * t / Math.sqrt(a ** 3);
  let H = Math.asinh(M / el.e);
  for (let n = 0; n < 50; n += 1) H -= (el.e * Math.sinh(H) - H - M) / (el.e * Math.cosh(H) - 1);
  return 2 * Math.atan(Math.sqrt((el.e + 1) / (el.e - 1)) * Math.tanh(H / 2));
}

function outline(el) {
  const limit = el.e < 1 ? Math.PI : Math.acos(-1 / el.e) * 0.97;
  return d3.range(-180, 181, 2).map((step) => place(el, step / 180 * limit));
}

/** The orbit of a row of mpc_orbits with the planets, and a slider of time. */
function orbitView(row) {
  const k = 0.01720209895;
  const base = { q: row.q, e: row.e, i: row.i, node: row.node, argperi: row.argperi, tp: row.peri_time };
  if ([base.q, base.e, base.i, base.node, base.argperi].some((v) => v === null)) return note("No elements.");
  const at = (mjd) => {
    if (base.e >= 1) return base;
    const a = base.q / (1 - base.e);
    return { ...base, M: row.mean_anomaly + k / Math.sqrt(a ** 3) / RAD * (mjd - row.epoch_mjd) };
  };
  const reach = base.e < 1 ? Math.min(60, base.q * (1 + base.e) / (1 - base.e)) : Math.max(6, 3 * base.q);
  const shown = PLANETS.filter((planet) => planet[1][0] < 1.35 * reach || planet[0] === "Earth");
  const radius = 1.12 * Math.max(reach, ...shown.map((planet) => planet[1][0] * (1 + planet[1][1])));
  const size = 460;
  const svg = d3.select(document.createElementNS("http://www.w3.org/2000/svg", "svg"))
    .attr("viewBox", `0 0 ${size} ${size}`).attr("role", "img")
    .attr("aria-label", `Orbit from ecliptic north: perihelion ${row.q.toFixed(3)} au, eccentricity ${row.e.toFixed(3)}`);
  const scale = d3.scale.linear().domain([-radius, radius]).range([0, size]);
  const path = d3.svg.line().x((p) => scale(p[0])).y((p) => size - scale(p[1]));
  svg.append("circle").attr("cx", size / 2).attr("cy", size / 2).attr("r", 5).attr("fill", "var(--sun)")
    .append("title").text("Sun");
  for (const planet of shown) {
    svg.append("path").attr("d", path(outline(planetElements(planet, 60000)))).attr("fill", "none")
      .attr("stroke", "var(--line)");
  }
  // Below the ecliptic the line is broken.
  const points = outline(base);
  for (const below of [false, true]) {
    const parts = [];
    for (let n = 1; n < points.length; n += 1) {
      if ((points[n][2] < 0) === below) parts.push(path([points[n - 1], points[n]]));
    }
    svg.append("path").attr("d", parts.join("")).attr("fill", "none").attr("stroke", "var(--object)")
      .attr("stroke-width", 1.6).attr("stroke-opacity", below ? 0.45 : 1);
  }
  const moving = svg.append("g");
  const draw = (mjd) => {
    const marks = shown.map((planet) => {
      const el = planetElements(planet, mjd);
      return { name: planet[0], at: place(el, trueAnomaly(el, mjd)), color: planet[0] === "Earth" ? "var(--accent)" : "var(--quiet)" };
    });
    marks.push({ name: row.designation, at: place(base, trueAnomaly(at(mjd), mjd)), color: "var(--object)" });
    moving.selectAll("*").remove();
    const label = labeller(moving, size);
    // The object's name first: it is the one that must have room.
    for (const mark of marks.reverse()) {
      const [x, y] = [scale(mark.at[0]), size - scale(mark.at[1])];
      if (x < 0 || y < 0 || x > size || y > size) continue;
      moving.append("circle").attr("cx", x).attr("cy", y).attr("r", 4.5).attr("fill", mark.color);
      if (Math.hypot(mark.at[0], mark.at[1]) > 0.06 * radius) {
        label(x, y, mark.name);
      }
    }
  };
  const today = Math.floor(Date.now() / 86400000) + 40587;
  const period = base.e < 1 ? 365.25 * (base.q / (1 - base.e)) ** 1.5 : 3652;
  const span = Math.round(Math.min(36525, Math.max(730, period)));
  const box = document.createElement("div");
  box.innerHTML = `<div class="slider"><label for="when">Date</label>
    <input id="when" type="range" min="${today - span}" max="${today + span}" value="${today}" step="1">
    <output for="when"></output></div>`;
  const slider = box.querySelector("input");
  const output = box.querySelector("output");
  const update = () => {
    output.textContent = dateOf(Number(slider.value));
    slider.setAttribute("aria-valuetext", output.textContent);
    draw(Number(slider.value));
  };
  slider.addEventListener("input", update);
  update();
  box.prepend(svg.node());
  return box;
}
