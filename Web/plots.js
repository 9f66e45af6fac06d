"use strict";
// Plots of points, lines and ellipses on d3's scales and axes. Each returns an element with a text
// that says what is drawn; the numbers themselves stand in tables beside it.

const bandColor = (band) => ("ugrizy".includes(band) && band ? `var(--${band})` : "var(--quiet)");

/** An empty plot with axes. `x`, `y`: {label, domain, reversed, ticks}. */
function frame(title, x, y, width = 560, height = 320) {
  const margin = { top: 12, right: 16, bottom: 46, left: 64 };
  const svg = d3.select(document.createElementNS("http://www.w3.org/2000/svg", "svg"))
    .attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img").attr("aria-label", title);
  const inner = { width: width - margin.left - margin.right, height: height - margin.top - margin.bottom };
  const root = svg.append("g").attr("transform", `translate(${margin.left},${margin.top})`);
  const scale = (axis, range) => d3.scale.linear()
    .domain(padded(axis.domain, axis.exact)).range(axis.reversed ? range.slice().reverse() : range);
  const sx = scale(x, [0, inner.width]);
  const sy = scale(y, [inner.height, 0]);
  const format = (axis) => axis.format || undefined;
  const bottom = d3.svg.axis().scale(sx).orient("bottom").ticks(x.ticks || 6);
  const left = d3.svg.axis().scale(sy).orient("left").ticks(y.ticks || 6);
  if (format(x)) bottom.tickFormat(x.format);
  if (format(y)) left.tickFormat(y.format);
  root.append("g").attr("class", "axis").attr("transform", `translate(0,${inner.height})`).call(bottom);
  root.append("g").attr("class", "axis").call(left);
  root.append("text").attr("x", inner.width / 2).attr("y", inner.height + 38)
    .attr("text-anchor", "middle").text(x.label);
  root.append("text").attr("transform", "rotate(-90)").attr("x", -inner.height / 2).attr("y", -48)
    .attr("text-anchor", "middle").text(y.label);
  return { node: svg.node(), root, sx, sy, inner };
}

/** A range with room at its ends; one that has no width gets some. */
function padded([low, high], exact) {
  if (exact) return [low, high];
  if (!(high > low)) return [low - 1, high + 1];
  const room = 0.06 * (high - low);
  return [low - room, high + room];
}

const dateOf = (mjd) => new Date((mjd - 40587) * 86400000).toISOString().slice(0, 10);

function dots(plot, rows, x, y, color, label, radius = 4) {
  plot.root.append("g").selectAll("circle").data(rows).enter().append("circle")
    .attr("cx", (d) => plot.sx(x(d))).attr("cy", (d) => plot.sy(y(d))).attr("r", radius)
    .attr("fill", color).attr("fill-opacity", 0.8)
    .append("title").text(label);
}

function line(plot, points, color, width = 1.5) {
  plot.root.append("path").datum(points).attr("fill", "none").attr("stroke", color)
    .attr("stroke-width", width)
    .attr("d", d3.svg.line().x((d) => plot.sx(d[0])).y((d) => plot.sy(d[1])));
}

function zeroLine(plot) {
  plot.root.append("line").attr("class", "zero").attr("x1", 0).attr("x2", plot.inner.width)
    .attr("y1", plot.sy(0)).attr("y2", plot.sy(0));
}

/** Residuals over time, or along against across the track [arcsec]. */
function residualPlot(rows, kind) {
  const across = kind === "track";
  const keys = across ? ["ephOffsetAlongTrack", "ephOffsetCrossTrack"] : ["ephOffsetRa", "ephOffsetDec"];
  const used = rows.filter((row) => row[keys[0]] !== null && row[keys[1]] !== null);
  if (!used.length) return note("No residuals: the catalog has no orbit fitted to these observations.");
  const span = d3.max(used, (row) => Math.max(Math.abs(row[keys[0]]), Math.abs(row[keys[1]]))) || 0.1;
  if (across) {
    const plot = frame(`Residuals of ${used.length} observations along and across the track, arcsec`,
      { label: "along the track, arcsec", domain: [-span, span] },
      { label: "across, arcsec", domain: [-span, span] }, 420, 380);
    zeroLine(plot);
    dots(plot, used, (d) => d[keys[0]], (d) => d[keys[1]], (d) => bandColor(d.band),
      (d) => `${d.obs_id}: ${d[keys[0]].toFixed(3)}, ${d[keys[1]].toFixed(3)}`);
    return plot.node;
  }
  const plot = frame(`Residuals of ${used.length} observations by date, arcsec`,
    { label: "date", domain: d3.extent(used, (d) => d.midpointMjdTai), format: dateOf, ticks: 4 },
    { label: "observed minus computed, arcsec", domain: [-span, span] });
  zeroLine(plot);
  dots(plot, used, (d) => d.midpointMjdTai, (d) => d.ephOffsetRa, "var(--accent)",
    (d) => `RA cos dec ${d.ephOffsetRa.toFixed(3)}`);
  dots(plot, used, (d) => d.midpointMjdTai, (d) => d.ephOffsetDec, "var(--object)",
    (d) => `Dec ${d.ephOffsetDec.toFixed(3)}`, 3);
  return withLegend(plot.node, [["var(--accent)", "RA cos dec"], ["var(--object)", "Dec"]]);
}

/** Magnitudes at 1 au from Sun and observer by phase angle, with the fitted curve of each band. */
function magnitudePlot(rows, curves) {
  const used = rows.filter((d) => d.mag !== null && d.phaseAngle !== null && d.topoRange && d.helioRange)
    .map((d) => ({ band: d.band, phase: d.phaseAngle, id: d.obs_id,
      mag: d.mag - 5 * Math.log10(d.topoRange * d.helioRange) }));
  if (!used.length) return note("No magnitudes with distances.");
  const bands = [...new Set(used.map((d) => d.band))].sort();
  const reach = Math.min(30, 1.15 * d3.max(used, (d) => d.phase) + 1);
  const lines = bands.filter((band) => curves[band])
    .map((band) => [band, curves[band].filter((point) => point[0] <= reach)]);
  const all = used.map((d) => d.mag).concat(...lines.map(([, points]) => points.map((p) => p[1])));
  const plot = frame(`Reduced magnitudes of ${used.length} observations in ${bands.join(", ")} by phase angle`,
    { label: "phase angle, deg", domain: [0, reach], exact: true },
    { label: "magnitude at 1 au", domain: d3.extent(all), reversed: true });
  for (const [band, points] of lines) line(plot, points, bandColor(band));
  dots(plot, used, (d) => d.phase, (d) => d.mag, (d) => bandColor(d.band),
    (d) => `${d.band} ${d.mag.toFixed(2)} at ${d.phase.toFixed(1)} deg`);
  return withLegend(plot.node, bands.map((band) =>
    [bandColor(band), `${band}${curves[band] ? " with its H, G12" : ""}`]));
}

/** Writes texts beside points, on whichever side is free of other texts; where none is, none. */
function labeller(root, width) {
  const taken = [];
  return (x, y, text) => {
    const size = 7.5 * text.length;
    for (const [dx, dy, end] of [[7, -6, 0], [7, 15, 0], [-7, -6, 1], [-7, 15, 1]]) {
      const left = x + dx - (end ? size : 0);
      const box = [left, y + dy - 12, left + size, y + dy + 2];
      if (box[0] < 0 || box[2] > width) continue;
      if (taken.some((o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3])) continue;
      taken.push(box);
      root.append("text").attr("x", x + dx).attr("y", y + dy)
        .attr("text-anchor", end ? "end" : "start").text(text);
      return;
    }
  };
}

/** The 1-sigma ellipse about a place, point by point: the two axes have scales of their own. */
function ellipsePath(plot, d) {
  const angle = d.sigmaPA * Math.PI / 180;
  const perRa = 3600 * Math.max(0.01, Math.cos(d.dec * Math.PI / 180));
  return d3.range(0, 48).map((step) => {
    const along = d.sigmaMajor * Math.cos(step * Math.PI / 24);
    const across = d.sigmaMinor * Math.sin(step * Math.PI / 24);
    const north = along * Math.cos(angle) - across * Math.sin(angle);
    const east = along * Math.sin(angle) + across * Math.cos(angle);
    const [x, y] = [plot.sx(d.x + east / perRa), plot.sy(d.dec + north / 3600)];
    return `${step ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
  }).join("") + "Z";
}

/** Places of an ephemeris with the error ellipses that are large enough to see. */
function skyTrack(rows) {
  if (rows.length < 2) return note("No ephemeris.");
  const middle = rows[Math.floor(rows.length / 2)];
  const shift = (ra) => ((ra - middle.ra + 540) % 360) - 180 + middle.ra;
  const points = rows.map((d) => ({ ...d, x: shift(d.ra) }));
  const plot = frame(`Track on the sky from ${dateOf(rows[0].mjdUtc)} to ${dateOf(rows[rows.length - 1].mjdUtc)}`,
    { label: "right ascension, deg", domain: d3.extent(points, (d) => d.x), reversed: true,
      format: (v) => (((v % 360) + 360) % 360).toFixed(1) },
    { label: "declination, deg", domain: d3.extent(points, (d) => d.dec) });
  plot.root.append("g").selectAll("path").data(points.filter((d) => d.sigmaMajor !== null))
    .enter().append("path").attr("d", (d) => ellipsePath(plot, d))
    .attr("fill", "var(--accent)").attr("fill-opacity", 0.15)
    .attr("stroke", "var(--accent)").attr("stroke-opacity", 0.3);
  line(plot, points.map((d) => [d.x, d.dec]), "var(--accent)");
  dots(plot, points, (d) => d.x, (d) => d.dec, "var(--accent)", (d) =>
    `${dateOf(d.mjdUtc)}: ${d.ra.toFixed(4)} ${d.dec.toFixed(4)}` +
    (d.sigmaMajor === null ? "" : `, 1 sigma ${d.sigmaMajor.toFixed(2)} arcsec`), 2.5);
  const label = labeller(plot.root, plot.sx.range()[1] || plot.sx.range()[0]);
  for (const d of points.filter((_, index) => index % 10 === 0)) {
    label(plot.sx(d.x), plot.sy(d.dec), dateOf(d.mjdUtc).slice(5));
  }
  return plot.node;
}

/** The whole sky, equal areas (Hammer-Aitoff), with the visits of a night. */
function skyMap(visits) {
  const [width, height] = [620, 320];
  const svg = d3.select(document.createElementNS("http://www.w3.org/2000/svg", "svg"))
    .attr("viewBox", `0 0 ${width} ${height}`).attr("role", "img")
    .attr("aria-label", `Sky map of ${visits.length} visits, right ascension growing to the left`);
  const project = (ra, dec) => {
    const l = (((ra + 180) % 360) - 180) * Math.PI / 180;
    const b = dec * Math.PI / 180;
    const z = Math.sqrt(1 + Math.cos(b) * Math.cos(l / 2));
    return [width / 2 - (width / 2 - 8) * Math.cos(b) * Math.sin(l / 2) / z,
      height / 2 - (height / 2 - 8) * Math.sin(b) / z];
  };
  const path = d3.svg.line();
  const grid = svg.append("g").attr("class", "axis");
  for (let ra = -180; ra <= 180; ra += 30) {
    const l = Math.min(179.999, Math.max(-179.999, ra));
    grid.append("path").attr("d", path(d3.range(-90, 91, 5).map((dec) => project(l, dec))));
  }
  for (let dec = -60; dec <= 60; dec += 30) {
    grid.append("path").attr("d", path(d3.range(-179.999, 180, 4).map((ra) => project(ra, dec))));
  }
  const tilt = 23.4393 * Math.PI / 180;
  svg.append("path").attr("fill", "none").attr("stroke", "var(--sun)").attr("stroke-dasharray", "5 4")
    .attr("d", path(d3.range(-179.99, 180, 3).map((ra) =>
      project(ra, Math.atan(Math.sin(ra * Math.PI / 180) * Math.tan(tilt)) * 180 / Math.PI))));
  svg.append("g").selectAll("circle").data(visits.filter((d) => d.ra !== null)).enter().append("circle")
    .attr("cx", (d) => project(d.ra, d.dec)[0]).attr("cy", (d) => project(d.ra, d.dec)[1])
    .attr("r", 4).attr("fill", (d) => bandColor(d.band)).attr("fill-opacity", 0.7)
    .append("title").text((d) => `visit ${d.visit}, ${d.band || "no band"}, ${d.detections} detections`);
  const bands = [...new Set(visits.map((d) => d.band || ""))].sort();
  return withLegend(svg.node(), [["var(--sun)", "ecliptic"]]
    .concat(bands.map((band) => [bandColor(band), band || "no band"])));
}

/** A field of the sky, north up, east to the left. */
function fieldPlot(answer) {
  const r = answer.radius;
  const cos = Math.cos(answer.dec * Math.PI / 180);
  const x = (d) => (((d.ra - answer.ra + 540) % 360) - 180) * cos;
  const plot = frame(`${answer.count} objects of a field of ${r} degrees`,
    { label: "from the centre, deg, east to the left", domain: [-r, r], reversed: true },
    { label: "north, deg", domain: [-r, r] }, 420, 400);
  plot.root.append("circle").attr("cx", plot.sx(0)).attr("cy", plot.sy(0))
    .attr("r", Math.abs(plot.sx(r) - plot.sx(0))).attr("fill", "none").attr("stroke", "var(--line)");
  dots(plot, answer.objects, x, (d) => d.dec - answer.dec, "var(--accent)",
    (d) => `${d.designation}, V ${d.mag === null ? "?" : d.mag.toFixed(1)}`, 3.5);
  return plot.node;
}

function note(text) {
  const p = document.createElement("p");
  p.className = "quiet";
  p.textContent = text;
  return p;
}

function withLegend(node, entries) {
  const box = document.createElement("div");
  const list = document.createElement("ul");
  list.className = "legend";
  for (const [color, text] of entries) {
    const item = document.createElement("li");
    const mark = document.createElement("span");
    mark.style.background = color;
    item.append(mark, text);
    list.append(item);
  }
  box.append(node, list);
  return box;
}
