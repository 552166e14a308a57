// $rename: two operators in one, which takes the value away at one path and sets it at another.
import { CommandError } from "../command-error.ts";
import { renderField } from "../values/render-value.ts";
import { fieldOf, isArray, isDocument, missing, type Value, type ValueDocument } from "../values/value.ts";
import { idText, type Modifier, type Place, removed, unchanged } from "./modifier.ts";
import { arrayIndexOf, isDynamic, parseUpdatePath } from "./update-path.ts";

export interface Rename {
  /** At the old path. */
  readonly leave: Modifier;
  /** The new path. */
  target(): string;
  /** At the new path. */
  arrive(): Modifier;
}

/** What is wrong with the new path is told only after what is wrong with the old one. */
export function parseRename(path: string, operand: Value): Rename {
  const target = () => {
    if (typeof operand === "string") return operand;
    throw refused(`The 'to' field for $rename must be a string: ${renderField(path, operand)}`);
  };
  return {
    leave: { change: () => removed, create: null, ignoresBrokenPaths: true },
    target,
    arrive: () => {
      const [from, to] = [parseUpdatePath(path), parseUpdatePath(target())];
      judgePaths(from, to);
      const move = (place: Place) => moved(from, to, place);
      return { change: (_, place) => move(place), create: move };
    },
  };
}

function judgePaths(from: readonly string[], to: readonly string[]): void {
  const [source, destination] = [from.join("."), to.join(".")];
  const text = renderField(source, destination);
  if (source === destination) throw refused(`The source and target field for $rename must differ: ${text}`);
  if (source.startsWith(`${destination}.`) || destination.startsWith(`${source}.`)) {
    throw refused(`The source and target field for $rename must not be on the same path: ${text}`);
  }
  if (isDynamic(from)) throw refused(`The source field for $rename may not be dynamic: ${source}`);
  if (isDynamic(to)) throw refused(`The destination field for $rename may not be dynamic: ${destination}`);
}

/** The value at the old path of the document as it was: no other operator may touch it. */
function moved(from: readonly string[], to: readonly string[], place: Place): Value | typeof unchanged {
  const { value, arrayName } = readSource(place.run.document, from);
  if (value === missing) return unchanged;
  if (arrayName !== null) throw inArray("source", { path: from, arrayName, place });
  const { enclosingArray } = place;
  if (enclosingArray !== null) throw inArray("destination", { path: to, arrayName: enclosingArray, place });
  return value;
}

interface Source {
  readonly value: Value | typeof missing;
  /** The innermost array on the way. */
  readonly arrayName: string | null;
}

function readSource(document: ValueDocument, path: readonly string[]): Source {
  let value: Value | typeof missing = document;
  let arrayName: string | null = null;
  for (const [at, part] of path.entries()) {
    const name = path[at - 1] ?? "";
    const index = arrayIndexOf(part);
    if (isDocument(value)) value = fieldOf(value, part);
    else if (isArray(value) && index !== null) {
      arrayName = name;
      value = index < value.length ? value[index] : missing;
    } else throw notViable(path, { name, value });
    if (value === missing) break;
  }
  return { value, arrayName };
}

function notViable(path: readonly string[], { name, value }: { readonly name: string; readonly value: Value }) {
  const part = `cannot use the part (${name} of ${path.join(".")})`;
  return new CommandError("PathNotViable", `${part} to traverse the element ({${renderField(name, value)}})`);
}

interface ArrayOnPath {
  readonly path: readonly string[];
  readonly arrayName: string;
  readonly place: Place;
}

function inArray(side: "source" | "destination", { path, arrayName, place }: ArrayOnPath): CommandError {
  const where = `'${path.join(".")}' in doc with ${idText(place)} has an array field called '${arrayName}'`;
  return refused(`The ${side} field cannot be an array element, ${where}`);
}

const refused = (message: string) => new CommandError("BadValue", message);
