/* The page's own part, beside htmx: times that go on counting, one polite line that says what changed,
   and a note about the stream. No eval and nothing inline: the content security policy forbids both. */
(() => {
  "use strict";
  const page = document.documentElement, justNow = document.body.dataset.justNow;
  const byId = (id) => document.getElementById(id);

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
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const text = ago(Date.parse(time.dateTime));
      if (text !== time.textContent) time.textContent = text;
    }
  };
  setInterval(tick, 30000);
  addEventListener("pageshow", tick);

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
    if (note) [note.hidden, note.dataset.state] = [!state, state];
  };
  document.addEventListener("htmx:sse:after:connection", stream("on"));
  document.addEventListener("htmx:sse:error", stream("off"));
  document.addEventListener("htmx:sse:close", stream(""));
  for (const failure of ["htmx:error", "htmx:response:error"]) document.addEventListener(failure, stream("off"));
})();
