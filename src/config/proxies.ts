// The proxies of the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, lower case first, as most programs read them.
import type { Proxies } from "../model/network.ts";
import { isEncoded } from "./mongodb-uri.ts";
import type { ConfigProblem } from "./problem.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** null: no proxy is set. A url without a scheme counts as http. */
export function readProxies(env: Env): {
  readonly proxies: Proxies | null;
  readonly problems: readonly ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const read = (name: string): string | null => {
    const { variable, text } = findVariable(env, name);
    if (text === "") return null;
    const url = URL.parse(text.includes("://") ? text : `http://${text}`);
    if (url !== null && /^https?:$/.test(url.protocol) && isEncoded(url.username + url.password)) return url.href;
    // It may hold a password: no part of it is shown.
    const wanted = "expected the http or https url of a proxy such as http://proxy.example.com:3128";
    problems.push({ path: [variable], text: `${wanted}, got another text`, origin: "environment" });
    return null;
  };
  const http = read("http_proxy");
  const https = read("https_proxy");
  const isNone = http === null && https === null;
  const proxies = isNone ? null : Object.freeze({ http, https, noProxy: findVariable(env, "no_proxy").text });
  return { proxies, problems };
}

function findVariable(env: Env, name: string): { readonly variable: string; readonly text: string } {
  const variable = [name, name.toUpperCase()].find((spelling) => env[spelling]) ?? name;
  return { variable, text: env[variable]?.trim() ?? "" };
}
