// Preloaded by --import: writes down every module that a program loads, one URL a line.
import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env.MODULES_FILE, `${url}\n`);
    return nextLoad(url, context);
  },
});
