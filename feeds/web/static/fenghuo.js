// What a page can do beyond showing itself: times in the reader's zone, keys, what is new since the last visit, and
// news as it happens.  Without this module every page works all the same.
import { localise } from "./times.js";
import { keys } from "./keys.js";
import { visits, live } from "./live.js";

document.documentElement.classList.add("js");
localise(document);
keys();
visits();
live();
for (const wide of document.querySelectorAll(".picture > .scroll")) {
  if (!wide.querySelector(".name")) wide.scrollLeft = wide.scrollWidth; // to the newest, unless names stand at the left
}
