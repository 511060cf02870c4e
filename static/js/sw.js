/* The service worker: a signed-in person's own pages, once more without a network. It keeps only what the server
   says may be kept (jalon-offline), never visitors', sign-in or account pages, and nothing after signing out. The server
   puts a line with the build's name before this one, so that a new build is a new worker. */
"use strict";
const PAGES = "jalon-pages", FILES = "jalon-files", MOST_PAGES = 30, MOST_FILES = 60, DAYS = 14;
const OFFLINE = `/offline?lang=${new URLSearchParams(location.search).get("lang") || ""}`;
const OURS = /^\/orders(\/[0-9a-f]{16})?$/;
let leaves = 0; // what was asked for before somebody left is not kept after

const mayBeKept = (url) => OURS.test(url.pathname) && [...url.searchParams.keys()].every((name) => name === "lang");
const forget = (...names) => { leaves += 1; return Promise.all(names.map((name) => caches.delete(name))); };

const trim = async (cache, most) => {
  const keys = await cache.keys(); // in the order in which they came
  await Promise.all(keys.slice(0, Math.max(keys.length - most, 0)).map((key) => cache.delete(key)));
};

const keepFiles = async (addresses) => {
  const cache = await caches.open(FILES);
  for (const address of addresses) {
    if (new URL(address, location).pathname.startsWith("/static/") && !(await cache.match(address))) await cache.add(address).catch(() => {});
  }
  await trim(cache, MOST_FILES);
};

const keep = async (url, answer, then) => {
  const cache = await caches.open(PAGES);
  if (!answer.ok || answer.headers.get("jalon-offline") !== "keep") return cache.delete(url.pathname);
  const headers = new Headers(answer.headers), now = new Date().toISOString(), text = await answer.text();
  for (const name of ["vary", "etag", "content-encoding", "content-length"]) headers.delete(name);
  headers.set("jalon-as-of", now);
  if (then !== leaves) return false;
  await cache.delete(url.pathname); // so that it is the newest again
  await cache.put(url.pathname, new Response(text.replace("<html ", `<html data-as-of="${now}" `), { headers }));
  return trim(cache, MOST_PAGES);
};

const saved = async (url) => {
  const page = mayBeKept(url) && await (await caches.open(PAGES)).match(url.pathname);
  const old = page && Date.now() - Date.parse(page.headers.get("jalon-as-of")) > DAYS * 864e5;
  return (!old && page) || (await caches.match(OFFLINE, { ignoreVary: true })) || Response.error();
};

const page = async (event, url) => {
  const then = leaves;
  try {
    const answer = (await event.preloadResponse) || (await fetch(event.request));
    if (mayBeKept(url)) event.waitUntil(keep(url, answer.clone(), then));
    return answer;
  } catch {
    return saved(url);
  }
};

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil((async () => {
    const cache = await caches.open(FILES), answer = await fetch(OFFLINE);
    await keepFiles([...(await answer.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(([, address]) => address));
    await cache.put(OFFLINE, answer);
  })());
});

addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([clients.claim(), registration.navigationPreload && registration.navigationPreload.enable()]));
});

addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/sign-out") event.waitUntil(forget(PAGES, FILES));
    else if (url.pathname.startsWith("/sign-in")) event.waitUntil(forget(PAGES)); // nobody is signed in, or somebody else soon
    else if (request.method === "GET" && /^\/orders(\/|$)/.test(url.pathname)) event.respondWith(page(event, url));
  } else if (request.method === "GET" && url.pathname.startsWith("/static/")) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request, { ignoreVary: true })) || Response.error()));
  }
});

addEventListener("message", (event) => {
  const { files, page: path } = event.data || {};
  const now = async () => {
    const then = leaves, url = path && new URL(path, location);
    if (files) await keepFiles(files);
    if (url && url.origin === location.origin && mayBeKept(url)) await keep(url, await fetch(url), then);
  };
  event.waitUntil(now().catch(() => {}));
});
