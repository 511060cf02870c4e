/* A map that can be moved, over the drawn one: only where the shop has named a tile server. The drawing stays in
   the page for those who hear it, and comes back when the tiles do not. After a live change the browser's map is
   put back into the figure that was changed, and follows. */
(() => {
  "use strict";
  const maps = new Map();
  // An address that is a secret is told to nobody; others say which site asks, which some tile servers want to know.
  const referrerPolicy = /^\/[os]\//.test(location.pathname) ? "no-referrer" : "strict-origin-when-cross-origin";

  const made = (figure) => {
    const box = document.createElement("div");
    box.className = "tiles";
    figure.insertBefore(box, figure.querySelector("figcaption"));
    const { tiles, credit, closer, farther } = figure.dataset;
    const map = L.map(box, { zoomControl: false, scrollWheelZoom: false, worldCopyJump: false });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: closer, zoomOutTitle: farther }).addTo(map);
    const plain = document.createElement("i");
    plain.textContent = credit;
    const own = { box, map, way: null, lines: L.layerGroup().addTo(map), works: false, failed: false };
    L.tileLayer(tiles, { maxZoom: 18, referrerPolicy, attribution: plain.innerHTML })
      .on("tileload", () => { own.works = true; })
      .on("tileerror", () => { if (!own.works) { own.failed = true; dress(); } })
      .addTo(map);
    return own;
  };

  const drawn = (own, way) => {
    let before = null;
    const stops = JSON.parse(way).map(([lat, lon, name, kind]) => {
      if (before !== null) lon += 360 * Math.round((before - lon) / 360);
      before = lon;
      return { at: [lat, lon], name, kind };
    });
    own.lines.clearLayers();
    stops.forEach((stop, index) => {
      const classes = stop.kind === "destination" ? "way ahead" : "way";
      if (index) L.polyline([stops[index - 1].at, stop.at], { className: classes, interactive: false }).addTo(own.lines);
    });
    for (const { at, name, kind } of stops) {
      const label = document.createElement("b");
      label.textContent = name;
      const permanent = kind !== "passed";
      L.circleMarker(at, { radius: permanent ? 7 : 4, className: `stop ${kind}` }).bindTooltip(label, { permanent }).addTo(own.lines);
    }
    own.map.fitBounds(L.latLngBounds(stops.map((stop) => stop.at)), { maxZoom: 11, padding: [48, 48], animate: false });
    own.way = way;
  };

  const dress = () => {
    for (const figure of document.querySelectorAll("figure.map[data-tiles]")) {
      const { key, way } = figure.dataset;
      if (!maps.has(key)) {
        figure.classList.add("tiled");
        maps.set(key, made(figure));
      }
      const own = maps.get(key);
      figure.classList.toggle("tiled", !own.failed);
      if (own.box.parentNode !== figure) figure.insertBefore(own.box, figure.querySelector("figcaption"));
      if (own.way !== way && !own.failed) drawn(own, way);
    }
  };
  document.addEventListener("htmx:sse:after:message", dress);
  dress();
})();
