// A subscriber made with pubsubhubbub of npm, which checks signatures; subscribes to what stdin names.
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { createServer } = createRequire(`${process.argv[2]}/`)("pubsubhubbub");
const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));

const subscriber = createServer({ secret: "a secret of the subscriber" });
subscriber.on("subscribe", () => say("subscribed"));
subscriber.on("denied", (data) => say("error", { why: String(data.error ?? "denied") }));
subscriber.on("feed", (data) => say("told", { body: data.feed.toString() }));
subscriber.on("listen", () => {
  subscriber.callbackUrl = `http://127.0.0.1:${subscriber.server.address().port}/`;
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { topic, hub } = JSON.parse(line);
    subscriber.subscribe(topic, hub, (error) => error && say("error", { why: error.message }));
    // Version 1.0 asks for messages signed with a secret that it derives from its own, and checks them with its own.
    subscriber.secret = createHmac("sha1", subscriber.secret).update(topic).digest("hex");
  });
});
subscriber.listen(0, "127.0.0.1");
