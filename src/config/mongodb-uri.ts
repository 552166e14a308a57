// Connection strings: enough of their grammar to tell a person what is wrong before the driver is loaded, and masking.

/** Option names whose values are secret. */
const secretOption = /(pass(word)?|token|secret|properties)$/i;

/** The string with its password and secret options replaced by `***`; also safe for strings that do not parse. */
export function maskedUri(uri: string): string {
  // The last @ ends the user information even where a password holds an unescaped @, / or ?.
  const at = uri.lastIndexOf("@");
  const scheme = /^[a-z0-9+]*:\/\//i.exec(uri)?.[0] ?? "";
  const login = at < scheme.length ? "" : `${userOf(uri.slice(scheme.length, at))}@`;
  const rest = at < scheme.length ? uri.slice(scheme.length) : uri.slice(at + 1);
  return (
    scheme +
    login +
    rest.replaceAll(/([^?&=]+)=([^&]*)/g, (all, name) => (secretOption.test(name) ? `${name}=***` : all))
  );
}

/** Whether the string holds something that others must not read. */
export function holdsPassword(uri: string): boolean {
  return maskedUri(uri) !== uri;
}

/** The password as the server gets it, or null. Of a string that parses. */
export function passwordOf(uri: string): string | null {
  const login = /^[a-z+]+:\/\/([^/?#]*)@/.exec(uri)?.[1];
  const colon = login?.indexOf(":") ?? -1;
  return login === undefined || colon === -1 ? null : decodeURIComponent(login.slice(colon + 1));
}

/** For a command line that a person types: the shell then asks for the password. Of a string that parses. */
export function withoutPassword(uri: string): string {
  return uri.replace(/^([a-z+]+:\/\/[^/?#:@]*):[^/?#]*@/, "$1@");
}

/** The same with a database, which mongosh then uses. Of a string with options and without a database. */
export function withDatabase(uri: string, database: string): string {
  return uri.replace("/?", () => `/${database}?`);
}

/** The database in the path, or null. */
export function databaseOf(uri: string): string | null {
  return /^[^?]*[^/]\/([^/?]+)(\?|$)/.exec(uri.replace(/^[a-z+]+:\/\//, ""))?.[1] ?? null;
}

/** What a valid string would have had, or null when it parses. */
export function findUriProblem(uri: string): string | null {
  const parts = /^mongodb(\+srv)?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^/?#]*))?(?:\?(.*))?$/.exec(uri);
  if (!/^mongodb(\+srv)?:\/\//.test(uri)) return "a connection string that begins with mongodb:// or mongodb+srv://";
  if (parts === null) {
    return uri.includes("@")
      ? "a connection string whose user and password are percent-encoded (@ as %40, : as %3A, / as %2F)"
      : "a connection string like mongodb://host:27017/";
  }
  const [, srv, login, hostList = "", database = "", options = ""] = parts;
  if (login !== undefined && (login.includes("@") || login.split(":").length > 2 || !isEncoded(login))) {
    return "a connection string whose user and password are percent-encoded (@ as %40, : as %3A, / as %2F)";
  }
  if (login?.startsWith(":")) return "a connection string with a user before the password";
  const hosts = hostList.split(",");
  if (!hosts.every(isHost)) return "a connection string whose hosts are each a name or address with at most a port";
  if (srv && (hosts.length > 1 || /:\d+$/.test(hostList))) return "one host without a port after mongodb+srv://";
  if (!isEncoded(database) || !options.split("&").every(isOption)) return "options in the form ?name=value&name=value";
  return null;
}

function userOf(login: string): string {
  const colon = login.indexOf(":");
  return colon === -1 ? login : `${login.slice(0, colon)}:***`;
}

function isHost(host: string): boolean {
  const match = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:[\]]+)(?::(\d{1,5}))?$/.exec(host);
  const port = Number(match?.[1] ?? 1);
  return match !== null && isEncoded(host) && port >= 1 && port <= 65_535;
}

function isOption(option: string): boolean {
  return option === "" || (/^[^=]+=.*$/.test(option) && isEncoded(option));
}

/** Whether every % begins two hexadecimal digits, and the bytes are UTF-8. */
export function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
