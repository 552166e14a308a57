// The `_id` never changes: neither itself nor what is in it.
import { CommandError } from "../command-error.ts";
import { renderField } from "../values/render-value.ts";
import type { Value } from "../values/value.ts";
import { nameAt, type Place } from "./modifier.ts";

export const immutable = {
  /** An element of the `_id`, or it itself, would be another one. */
  change: ({ path }: Place): CommandError =>
    refused(`Performing an update on the path '${path.join(".")}' would modify the immutable field '_id'`),

  /** A document in the `_id` would get another field. */
  addition: (place: Place, after: Value): CommandError => {
    const element = renderField(nameAt(place), after);
    return refused(`Updating the path '${place.path.join(".")}' to ${element} would modify the immutable field '_id'`);
  },

  replacement: (id: Value): CommandError => {
    const altered = `was found to have been altered to ${renderField("_id", id)}`;
    return refused(`After applying the update, the (immutable) field '_id' ${altered}`);
  },
} as const;

const refused = (message: string) => new CommandError("ImmutableField", message);
