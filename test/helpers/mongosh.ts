// Runs the mongosh snippets of the docs as they stand, on the driver.
import type { Document, MongoClient } from "mongodb";

/** What mongosh calls `db`, as far as the docs use it. */
export function shellDb(client: MongoClient, dbName: string): object {
  const db = client.db(dbName);
  const own = {
    getSiblingDB: (name: string) => shellDb(client, name),
    createUser: ({ user, ...rest }: Document) => db.command({ createUser: user, ...rest }),
    createRole: ({ role, ...rest }: Document) => db.command({ createRole: role, ...rest }),
  };
  return new Proxy(own, {
    get: (target, name) => (name in target ? target[name as keyof typeof own] : db.collection(String(name))),
  });
}

/** Runs statements; what `return` gives is awaited. */
export function runSnippet(code: string, db: object): Promise<unknown> {
  return new Function("db", "passwordPrompt", `return (async () => { ${code} })()`)(db, () => "s3cret");
}

/** The shell waits for what a statement gives; a function must return it. */
export const returning = (code: string): string => code.replace(/^db\./m, "return db.");

/** Every fenced block of a language on a page. */
export function codeBlocks(page: string, language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, code = ""]) => code);
}
