// What is new: since the last visit (kept in this browser, told to nobody), and while the page is open.
import { localise } from "./times.js";

const SEEN = "fenghuo-seen"; // the newest notice that was on the wire when it was last looked at, in POSIX seconds
const CALM = 1500; // milliseconds of quiet after news before the list is fetched again
const list = () => document.querySelector("#list[data-live]");
const items = () => [...document.querySelectorAll("#list .notices > li[data-id]")];

/** Draw a line above what was there at the last visit. */
export function visits() {
  if (!list() || location.search) return; // only the whole wire knows what is newest
  const newest = Math.max(0, ...items().map((item) => Number(item.dataset.at)));
  let seen = 0;
  try {
    seen = Number(sessionStorage.getItem(SEEN) ?? localStorage.getItem(SEEN) ?? 0);
    sessionStorage.setItem(SEEN, seen); // one visit lasts as long as its tab
    localStorage.setItem(SEEN, Math.max(newest, Number(localStorage.getItem(SEEN) ?? 0)));
  } catch {
    return; // the browser keeps nothing
  }
  const known = items().find((item) => Number(item.dataset.at) <= seen);
  if (!seen || !known || known === items()[0]) return;
  const line = document.createElement("li");
  line.className = "divider";
  line.textContent = known.parentElement.dataset.since;
  known.before(line);
}

/** Fetch this very page again and put its list in place of the one that is shown. */
async function renew() {
  const before = new Set(items().map((item) => item.dataset.id));
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["#list", ".health"]) {
    const fresh = page.querySelector(part);
    if (fresh) document.querySelector(part)?.replaceWith(document.adoptNode(fresh));
  }
  for (const item of items()) if (!before.has(item.dataset.id)) item.classList.add("fresh");
  localise(document);
  visits();
}

/** Renew the list when something happened, unless somebody reads further down or walks through it by keys. */
export function live() {
  const here = list();
  if (!here || !("EventSource" in window) || location.search.includes("before=")) return;
  const news = new EventSource(here.dataset.live);
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (document.hidden || window.scrollY > 300 || document.querySelector(".chosen")) return later();
      return renew();
    }, CALM);
  };
  for (const type of ["notice.new", "notice.revised", "notice.withdrawn", "source.broken", "source.recovered"]) {
    news.addEventListener(type, later);
  }
  news.onmessage = later;
}
