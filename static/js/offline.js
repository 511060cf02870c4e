/* The page that is shown without a network: what was kept, with how it stood and when. Words are put in as text. */
(async () => {
  "use strict";
  // "online" may mean a network without a way out: only an answer of the shop's is a reason to load again.
  addEventListener("online", () => fetch("/healthz/live", { cache: "no-store" }).then(() => location.reload(), () => {}));
  if (!window.caches) return;
  const list = document.getElementById("kept"), cache = await caches.open("jalon-pages");
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const key of (await cache.keys()).reverse()) {
    const answer = await cache.match(key), kept = new DOMParser().parseFromString(await answer.text(), "text/html");
    const item = document.createElement("li"), link = document.createElement("a"), words = document.createElement("span");
    const [title, stood, when] = ["b", "span", "span"].map((name) => words.appendChild(document.createElement(name)));
    title.textContent = kept.title.split(" · ")[0];
    stood.textContent = ((kept.querySelector("main h1") || {}).textContent || "").replace(/\s+/g, " ").trim();
    if (stood.textContent === title.textContent) stood.textContent = "";
    when.textContent = list.dataset.asOf.replace("{time}", moment.format(new Date(answer.headers.get("jalon-as-of"))));
    stood.className = when.className = "quiet";
    link.href = new URL(key.url).pathname;
    link.append(words);
    item.append(link);
    list.append(item);
  }
  document.getElementById("some").hidden = !list.children.length;
})();
