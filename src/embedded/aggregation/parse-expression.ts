// Expressions, parsed once per command: every operator that is not on the list is refused here, before a document is read.
import { CommandError } from "../command-error.ts";
import type { QueryScope } from "../query/scope.ts";
import { renderValue } from "../values/render-value.ts";
import { isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import { type Evaluate, type ExpressionScope, orNull, readBinding, type Slot } from "./expression.ts";
import { checkFieldName, parseFieldPath, readBelow, readPath } from "./field-path.ts";
import { operators } from "./operators.ts";

import { checkVariableName } from "./variable-names.ts";

/** Throws CommandError. */
export function parseExpression(expression: Value, scope: QueryScope): Evaluate {
  return parse(expression, rootScope(scope));
}

/** Names that a command can see without binding them. `$$NOW` is one reading of the clock per command. */
function rootScope({ now, variables }: QueryScope): ExpressionScope {
  const known = new Map<string, Evaluate>(Object.entries(variables).map(([name, value]) => [name, () => value]));
  known.set("NOW", () => now);
  known.set("ROOT", ({ root }) => root);
  known.set("REMOVE", () => missing);
  return scopeWith(known);
}

function scopeWith(variables: ReadonlyMap<string, Evaluate>): ExpressionScope {
  const scope: ExpressionScope = {
    variables,
    parse: (expression) => parse(expression, scope),
    bind(names) {
      const slots: Slot[] = names.map((name) => ({ name }));
      const bound = slots.map(
        (slot) => [slot.name, (frame) => readBinding(frame, slot)] as const satisfies readonly [string, Evaluate],
      );
      return { scope: scopeWith(new Map([...variables, ...bound])), slots };
    },
  };
  return scope;
}

function parse(expression: Value, scope: ExpressionScope): Evaluate {
  if (typeof expression === "string") return parseText(expression, scope);
  if (isArray(expression)) return parseArray(expression, scope);
  return isDocument(expression) ? parseDocument(expression, scope) : () => expression;
}

function parseText(text: string, scope: ExpressionScope): Evaluate {
  if (!text.startsWith("$")) return () => text;
  if (text.startsWith("$$")) return parseVariable(text.slice(2), scope);
  if (text === "$") throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
  const names = parseFieldPath(text.slice(1));
  const current = scope.variables.get("CURRENT");
  if (current !== undefined) return (frame) => readBelow(current(frame), names);
  return ({ root }) => readPath(root, names);
}

function parseVariable(text: string, scope: ExpressionScope): Evaluate {
  const dot = text.indexOf(".");
  const name = dot === -1 ? text : text.slice(0, dot);
  checkVariableName(name);
  if (text.endsWith(".")) throw new CommandError(40353, "FieldPath must not end with a '.'.");
  const names = dot === -1 ? [] : parseFieldPath(text.slice(dot + 1));
  const read = scope.variables.get(name) ?? (name === "CURRENT" ? scope.variables.get("ROOT") : undefined);
  if (read === undefined) throw noSuchVariable(name);
  return names.length === 0 ? read : (frame) => readBelow(read(frame), names);
}

function noSuchVariable(name: string): CommandError {
  if (name === "CLUSTER_TIME" || name === "IS_MR") {
    return new CommandError(51144, `Builtin variable '$$${name}' is not available`);
  }
  if (name === "SEARCH_META") {
    const problem = "Can't access $$SEARCH_META without a $search stage earlier in the pipeline";
    return new CommandError(6347903, problem);
  }
  return new CommandError(17276, `Use of undefined variable: ${name}`);
}

function parseArray(elements: readonly Value[], scope: ExpressionScope): Evaluate {
  const parsed = elements.map((element) => parse(element, scope));
  return (frame) => parsed.map((element) => orNull(element(frame)));
}

function parseDocument(document: ValueDocument, scope: ExpressionScope): Evaluate {
  const [first, ...more] = Object.keys(document);
  if (first?.startsWith("$") !== true) return parseFields(document, scope);
  if (more.length > 0) {
    const problem = "An object representing an expression must have exactly one field";
    throw new CommandError(15983, `${problem}: ${renderValue(document)}`);
  }
  const operator = Object.hasOwn(operators, first) ? operators[first] : undefined;
  if (operator === undefined) throw new CommandError("InvalidPipelineOperator", `Unrecognized expression '${first}'`);
  return operator(document[first], scope);
}

/** A field whose value is missing is left out. */
function parseFields(document: ValueDocument, scope: ExpressionScope): Evaluate {
  const fields = Object.entries(document).map(([name, value]) => {
    checkFieldName(name);
    return [name, parse(value, scope)] as const;
  });
  return (frame) => {
    const result: ValueDocument = {};
    for (const [name, evaluate] of fields) {
      const value = evaluate(frame);
      if (value !== missing) setField(result, name, value);
    }
    return result;
  };
}
