// The config file as a tree of plain values with the line of each; nothing is checked yet but the JSON itself.
import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { type ConfigProblem, type Path, renderPath } from "./problem.ts";
import { forbiddenNames, type Tree } from "./tree.ts";

export interface ParsedText {
  /** Remarks (`// …`, `$schema`) left out. undefined when the text is not JSON at all. */
  readonly value: unknown;
  /** Line of each value, counted from 1, by rendered path. */
  readonly lines: ReadonlyMap<string, number>;
  readonly problems: readonly (ConfigProblem & { readonly line: number })[];
}

/** The words for what the parser wanted; what it found is never quoted, because it may be part of a secret. */
const wanted: Readonly<Record<string, string>> = {
  InvalidSymbol: "a value in JSON form (texts and names stand in double quotes)",
  InvalidNumberFormat: "a number",
  PropertyNameExpected: "a name in double quotes",
  ValueExpected: "a value",
  ColonExpected: 'a ":" after the name',
  CommaExpected: 'a "," or the end of the object or list',
  CloseBraceExpected: 'a "}" that ends the object',
  CloseBracketExpected: 'a "]" that ends the list',
  EndOfFileExpected: "nothing after the end of the object",
  UnexpectedEndOfComment: "a */ that ends the comment",
  UnexpectedEndOfString: "a double quote that ends the text on its line",
  UnexpectedEndOfNumber: "the rest of a number",
  InvalidUnicode: "four hexadecimal digits after \\u",
  InvalidEscapeCharacter: 'one of \\" \\\\ \\/ \\b \\f \\n \\r \\t \\u after a backslash (write \\\\ for one)',
  InvalidCharacter: "no control characters in a text (write \\t for a tab)",
};

/** Keys that may stand anywhere and mean nothing: `$schema` for editors, `// …` for remarks. */
export const remarkPattern = "^(//|\\$schema$)";
const remark = new RegExp(remarkPattern);

/** Reads JSON; comments are tolerated. Of several slips in the JSON only the first is told: the rest follow from it. */
export function parseConfigText(text: string): ParsedText {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors);
  const first = errors[0];
  const empty = { value: undefined, lines: new Map<string, number>() };
  if (text.trim() === "") {
    return { ...empty, problems: [{ path: [], line: 1, text: "expected a JSON object, got an empty file" }] };
  }
  if (first !== undefined || root === undefined) {
    return { ...empty, problems: [syntaxProblem(text, first)] };
  }
  const lines = new Map<string, number>();
  const problems: ParsedText["problems"][number][] = [];
  const lineOf = (offset: number) => positionOf(text, offset).line;

  const read = (node: Node, path: Path): unknown => {
    if (node.type === "array") {
      return (node.children ?? []).map((child, i) => {
        lines.set(renderPath([...path, i]), lineOf(child.offset));
        return read(child, [...path, i]);
      });
    }
    return node.type === "object" ? readObject(node, path) : node.value;
  };

  const readObject = (node: Node, path: Path): Tree => {
    const object: Tree = {};
    for (const property of node.children ?? []) {
      const [nameNode, valueNode] = property.children ?? [];
      if (nameNode === undefined || valueNode === undefined) continue;
      const name = String(nameNode.value);
      const at = [...path, name];
      const line = lineOf(nameNode.offset);
      if (remark.test(name)) continue;
      if (forbiddenNames.has(name)) {
        problems.push({ path: at, line, text: "this name is not allowed" });
      } else if (Object.hasOwn(object, name)) {
        problems.push({ path: at, line, text: `given twice, first in line ${lines.get(renderPath(at))}` });
      } else {
        lines.set(renderPath(at), line);
        object[name] = read(valueNode, at);
      }
    }
    return object;
  };

  const value = read(root, []);
  return { value, lines, problems };
}

function syntaxProblem(text: string, error: ParseError | undefined): ParsedText["problems"][number] {
  const offset = error?.offset ?? 0;
  const { line, column } = positionOf(text, offset);
  const name = error === undefined ? "" : printParseErrorCode(error.error);
  const trailing = /[}\]]/.test(text[offset] ?? "") && /,\s*$/.test(text.slice(0, offset));
  const hint = trailing ? "; a comma stands before the end" : "";
  return { path: [], line, text: `line ${line}, column ${column}: expected ${wanted[name] ?? "JSON"}${hint}` };
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - before.lastIndexOf("\n") };
}
