// Keys, as GitHub and Miniflux have them: j k o / ? n p u, and g with a letter to go to a screen.

const AFTER_G = 1200; // milliseconds in which a letter belongs to the g before it
let since = -Infinity; // when g was pressed

const entries = () => [...document.querySelectorAll("[data-keys] > li[data-id], [data-keys] tbody > tr")];
const chosen = () => document.querySelector(".chosen");

/** Choose the entry `step` further on, and bring it into sight. */
function move(step) {
  const all = entries();
  if (!all.length) return;
  const at = all.indexOf(chosen());
  const next = all[Math.min(Math.max(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step, 0), all.length - 1)];
  chosen()?.classList.remove("chosen");
  next.classList.add("chosen");
  next.querySelector("a")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const follow = (selector, root = document) => root?.querySelector(selector)?.click();

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => follow("a", chosen()),
  n: () => follow("[rel=next]"),
  p: () => follow("[data-newest]"),
  u: () => follow("[data-up]"),
  "/": () => {
    const search = document.querySelector("#q");
    if (search) search.focus();
    else location.assign("/#q");
  },
  "?": () => document.querySelector("#keys").showModal(),
};

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing) {
    if (event.key === "Escape") typing.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const within = event.timeStamp - since < AFTER_G;
  since = event.key === "g" ? event.timeStamp : -Infinity;
  const act = within ? () => follow(`[data-go="${CSS.escape(event.key)}"]`) : ACTIONS[event.key];
  if (!act || event.key === "g") return;
  event.preventDefault();
  act();
}

/** Listen to the keyboard, and say that one can. */
export function keys() {
  document.addEventListener("keydown", pressed);
  const hint = document.querySelector(".keys-hint");
  if (hint) hint.hidden = false;
  if (location.hash === "#q") document.querySelector("#q")?.focus();
}
