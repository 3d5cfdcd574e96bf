// Verifies a message on stdin with a library of npm; the last line of stderr says why it is refused.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, library, secret] = process.argv.slice(2);
const { Webhook } = createRequire(`${modules}/`)(library);
const sent = JSON.parse(readFileSync(0, "utf8"));
try {
  new Webhook(secret).verify(sent.body, sent.headers);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
