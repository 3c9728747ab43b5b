// The scripted tactics, and what a script that knows the rules does in their place.

import { cacheBust } from "./cache-bust.ts";
import { echo } from "./echo.ts";
import { fanOut } from "./fan-out.ts";
import { heartbeat } from "./heartbeat.ts";
import { idleResearch } from "./idle-research.ts";
import { longOutput } from "./long-output.ts";
import { padding } from "./padding.ts";
import { replay } from "./replay.ts";
import type { Tactic } from "./tactic.ts";

export const TACTICS: readonly Tactic[] = [
  replay,
  heartbeat,
  padding,
  longOutput,
  fanOut,
  echo,
  cacheBust,
  idleResearch,
];
