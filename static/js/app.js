/* The page's own part, beside htmx: times that go on counting, one polite line that says what changed,
   and a note about the stream. No eval and nothing inline: the content security policy forbids both. */
(() => {
  "use strict";
  const page = document.documentElement, justNow = document.body.dataset.justNow;
  const byId = (id) => document.getElementById(id);
  let paused = false;

  // The same words and thresholds as on the server: the largest unit of which .85 has passed.
  const relative = new Intl.RelativeTimeFormat(page.lang, { numeric: "always" });
  const units = [["year", 525600], ["month", 43200], ["week", 10080], ["day", 1440], ["hour", 60], ["minute", 1]];
  const ago = (time) => {
    const minutes = Math.round((Date.now() - time) / 60000);
    if (!(minutes > 0)) return justNow; // a device's clock that is behind must not show the future
    const [unit, size] = units.find(([, size]) => minutes / size >= 0.85);
    return relative.format(-Math.round(minutes / size), unit);
  };
  const tick = () => {
    if (paused) return;
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const text = ago(Date.parse(time.dateTime));
      if (text !== time.textContent) time.textContent = text;
    }
  };
  setInterval(tick, 30000);
  addEventListener("pageshow", tick);

  // What is left of a time that ends within the day; the page says in words when it ends.
  const countDown = () => {
    for (const part of document.querySelectorAll("[data-until]")) {
      const left = Math.floor((Date.parse(part.dataset.until) - Date.now()) / 1000), two = (n) => String(n).padStart(2, "0");
      const hours = Math.floor(left / 3600), text = `${hours ? `${hours}:` : ""}${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
      part.textContent = left > 0 && left < 86400 ? text : "";
    }
  };
  setInterval(countDown, 1000);
  countDown();

  // What each part of the page has to say; after a swap only the parts that say something else speak.
  const sayings = () => new Map([...document.querySelectorAll("[data-announce]")].map((part) => [part, part.dataset.announce]));
  let said = sayings();
  const announce = () => {
    const now = sayings(), texts = [];
    for (const [part, text] of now) {
      if (said.get(part) === text) continue;
      texts.push(text);
      part.classList.add("new");
    }
    said = now;
    if (texts.length) byId("news").textContent = texts.join(". ");
  };
  document.addEventListener("htmx:sse:after:message", () => { announce(); tick(); });
  document.addEventListener("animationend", (event) => event.target.classList.remove("new"));

  // Addresses to hand on: they stand in a field, to be copied by hand where a browser does not let a page copy.
  for (const button of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
    const label = button.querySelector("span"), usual = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(byId(button.dataset.copy).value);
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = usual; }, 2500);
    });
  }

  const stream = (state) => () => {
    const note = byId("link");
    if (!note || paused) return;
    if (state) note.dataset.state = state;
    else delete note.dataset.state;
  };
  document.addEventListener("htmx:sse:after:connection", stream("on"));
  document.addEventListener("htmx:sse:error", stream("off"));
  document.addEventListener("htmx:sse:close", stream(""));
  for (const failure of ["htmx:error", "htmx:response:error"]) document.addEventListener(failure, stream("off"));

  // Pausing takes the element out, which ends its stream; going on puts a new one in, which asks for what was missed.
  const pause = byId("pause");
  if (pause) {
    const [stop, goOn] = [pause.textContent, pause.dataset.resume];
    pause.addEventListener("click", () => {
      const live = byId("live"), sse = live._htmx && live._htmx.sse;
      paused = !paused;
      page.classList.toggle("paused", paused);
      pause.textContent = paused ? goOn : stop;
      byId("link").dataset.state = paused ? "paused" : "off";
      const next = document.createElement("div");
      next.id = "live";
      for (const { name, value } of live.attributes) if (/^data-(hx|paused)-/.test(name)) next.setAttribute(name.replace(paused ? "data-hx-" : "data-paused-", paused ? "data-paused-" : "data-hx-"), value);
      if (sse && sse.lastEventId) next.setAttribute("data-paused-sse:connect", live.getAttribute("data-hx-sse:connect").replace(/after=\d+/, `after=${sse.lastEventId}`));
      live.replaceWith(next);
      if (sse && sse.reader) sse.reader.cancel();
      if (sse && sse.abortController.abort) sse.abortController.abort();
      htmx.process(next);
      tick();
    });
  }

  // Without a network: what is on the page is said to be old. A signed-in person's pages are kept by the worker, also
  // as they have become by live news.
  const banner = byId("offline"), worker = navigator.serviceWorker;
  let asOf = page.dataset.asOf ? new Date(page.dataset.asOf) : new Date();
  const isOld = () => {
    const today = asOf.toDateString() === new Date().toDateString();
    const time = new Intl.DateTimeFormat(page.lang, { timeStyle: "short", ...(today ? {} : { dateStyle: "medium" }) }).format(asOf);
    banner.textContent = banner.dataset.says.replace("{time}", time);
  };
  if (banner) {
    if (page.dataset.asOf || !navigator.onLine) isOld();
    addEventListener("offline", () => {
      const link = byId("link");
      if (link && link.dataset.state === "on") asOf = new Date();
      isOld();
    });
    addEventListener("online", async () => {
      try { await fetch("/healthz/live", { cache: "no-store" }); } catch { return; } // a network without a way out
      if (page.dataset.asOf) location.reload();
      else banner.textContent = "";
    });
  }
  if (worker && document.body.dataset.worker && !page.dataset.asOf) {
    let stale = !worker.controller;
    const tell = async () => {
      const files = performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.startsWith(`${location.origin}/static/`));
      (await worker.ready).active.postMessage({ files, page: stale ? location.href : null });
      stale = false;
    };
    worker.register(document.body.dataset.worker).catch(() => {}); // a browser may refuse; the page does without
    addEventListener("load", tell);
    document.addEventListener("htmx:sse:after:message", () => { stale = true; asOf = new Date(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && stale) tell(); });
  }
})();
