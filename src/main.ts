// Process entry: argv → cli. The only file that sets the exit code.
import { runCli } from "./cli/program.ts";

runCli(process).then((code) => {
  process.exitCode = code;
});
