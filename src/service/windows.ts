// FleetCron under Windows: a task of the Task Scheduler that starts with the machine.
import { win32 } from "node:path";
import { escapeXml, fillTemplate } from "./fill-template.ts";
import { agentCommand, run, type Service, type ServiceRequest, tryRun } from "./service.ts";

const task = "FleetCron";
/** Local Service: the account in the template. */
const account = "*S-1-5-19";

/** `programData`: the folder of that name, which is of the machine and not of a person. */
export function windowsService(request: ServiceRequest, programData: string): Service {
  const stateDir = win32.join(programData, "FleetCron");
  const file = win32.join(stateDir, "task.xml");
  const [command = "", ...args] = agentCommand(request, stateDir);
  const definition = fillTemplate("fleetcron-task.xml", {
    COMMAND: escapeXml(command),
    ARGUMENTS: escapeXml(args.map(quoteArgument).join(" ")),
    STATE_DIR: escapeXml(stateDir),
  });
  return {
    file,
    definition,
    probe: ["schtasks", "/Query", "/FO", "LIST"],
    install: [
      // The file declares no encoding: its mark says UTF-16, the only one that schtasks takes everywhere.
      { kind: "write", file, text: `\ufeff${definition}`, encoding: "utf16le" },
      run("icacls", stateDir, "/inheritance:r", "/grant", `${account}:(OI)(CI)M`, "*S-1-5-32-544:(OI)(CI)F"),
      run("icacls", request.configFile, "/grant", `${account}:R`),
      tryRun("schtasks", "/End", "/TN", task),
      run("schtasks", "/Create", "/TN", task, "/XML", file, "/F"),
      run("schtasks", "/Run", "/TN", task),
    ],
    uninstall: [
      tryRun("schtasks", "/End", "/TN", task),
      run("schtasks", "/Delete", "/TN", task, "/F"),
      { kind: "remove", file },
    ],
    status: ["schtasks", "/Query", "/TN", task, "/V", "/FO", "LIST"],
    next: ["a task has no log: see what it does with fleetcron status and fleetcron runs list"],
  };
}

/** As CommandLineToArgvW takes it apart: backslashes count only before a quotation mark. */
function quoteArgument(argument: string): string {
  if (/^[^\s"]+$/.test(argument)) return argument;
  return `"${argument.replace(/(\\*)("|$)/g, (_all, slashes: string, mark: string) => slashes + slashes + (mark && `\\${mark}`))}"`;
}
