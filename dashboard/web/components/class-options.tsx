// The classes that a person can declare, as the options of a select.

import { WORKLOAD_CLASSES } from "../../../schemas/closed-lists.ts";
import { nameClass } from "../prepare/slices.ts";

export function ClassOptions() {
  return WORKLOAD_CLASSES.map((name) => (
    <option key={name} value={name}>
      {nameClass(name)}
    </option>
  ));
}
