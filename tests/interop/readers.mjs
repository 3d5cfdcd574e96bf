// Reads feeds with two parsers of npm; one line of JSON each: parser, address, number of items, complaint.
import { createRequire } from "node:module";
import { Readable } from "node:stream";

const require = createRequire(`${process.argv[2]}/`);
const RssParser = require("rss-parser");
const FeedParser = require("feedparser");

function feedparser(text) {
  return new Promise((resolve, reject) => {
    let items = 0;
    const parser = new FeedParser();
    parser.on("error", reject);
    parser.on("data", () => items++);
    parser.on("end", () => resolve(items));
    Readable.from([text]).pipe(parser);
  });
}

for (const url of process.argv.slice(3)) {
  const text = await (await fetch(url)).text();
  const parsers = { "rss-parser": async () => (await new RssParser().parseString(text)).items.length, feedparser: () => feedparser(text) };
  for (const [parser, read] of Object.entries(parsers)) {
    const said = await read().then((items) => ({ items, error: "" }), (e) => ({ items: 0, error: String(e) }));
    console.log(JSON.stringify({ parser: `${parser} (npm)`, url, ...said }));
  }
}
