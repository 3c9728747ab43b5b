// Loaded into a measured process: collects all garbage on SIGUSR2, so that memory can be compared between two moments.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

process.on("SIGUSR2", () => {
  if (typeof collect === "function") collect();
});
