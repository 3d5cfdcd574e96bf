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
document.querySelectorAll(".picture > .scroll").forEach(wider);

/** A picture that is wider than the screen: the newest is shown first, the names at its left stay in sight. */
function wider(wide) {
  const svg = wide.querySelector("svg");
  const names = svg.querySelector(".names");
  const follow = () => {
    const unit = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width;
    names?.setAttribute("transform", `translate(${wide.scrollLeft * unit} 0)`);
  };
  wide.addEventListener("scroll", follow, { passive: true });
  if (!wide.closest(".two")) wide.scrollLeft = wide.scrollWidth; // hours of a day begin at the left
  follow();
}
