// Documents and arrays as an update sees them: something with named children, an array's names being its positions.
import { fieldOf, isArray, isDocument, missing, setField, type Value, type ValueDocument } from "../values/value.ts";
import { arrayIndexOf } from "./update-path.ts";

export type Container = ValueDocument | Value[];

/** Undefined where there is no such child, which null and MongoDB's own undefined are not. */
export function childOf(container: Value, name: string): { readonly value: Value } | undefined {
  if (isArray(container)) {
    const index = arrayIndexOf(name);
    return index !== null && index < container.length ? { value: container[index] } : undefined;
  }
  const field = isDocument(container) ? fieldOf(container, name) : missing;
  return field === missing ? undefined : { value: field };
}

/** A copy of its own, its children shared. */
export function copyOf(container: Value): Container {
  return isArray(container) ? [...container] : { ...(container as ValueDocument) };
}

/** Beyond an array's end the gap is filled with null. */
export function putChild(container: Container, name: string, value: Value): void {
  if (isArray(container)) putElement(container, arrayIndexOf(name) ?? 0, value);
  else setField(container, name, value);
}

function putElement(array: Value[], index: number, value: Value): void {
  while (array.length < index) array.push(null);
  array[index] = value;
}

/** An array keeps its length: the place becomes null. */
export function removeChild(container: Container, name: string): void {
  if (isArray(container)) container[arrayIndexOf(name) ?? 0] = null;
  else delete container[name];
}
