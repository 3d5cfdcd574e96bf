// Times in the zone of whoever reads; without this module they stand in UTC or in the source's zone, which is named.

const two = (number) => String(number).padStart(2, "0");

/** "2025-06-15 23:06", as written everywhere on the pages, in the zone of this machine. */
function here(moment) {
  const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())].join("-");
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** The same with seconds and the name of the zone: "2025-06-15 23:06:40 GMT+8". */
function inFull(moment) {
  const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" }).formatToParts(moment);
  return `${here(moment)}:${two(moment.getSeconds())} ${zone.find((part) => part.type === "timeZoneName").value}`;
}

/** Tell each <time> below `root` in the reader's zone; call it again for what was added later. A day has no zone. */
export function localise(root) {
  for (const time of root.querySelectorAll("time[datetime*='T']:not([data-here])")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.dataset.here = "";
    if (time.classList.contains("exact")) {
      time.title = time.textContent;
      time.textContent = here(moment);
    } else {
      time.title = inFull(moment);
    }
  }
}

