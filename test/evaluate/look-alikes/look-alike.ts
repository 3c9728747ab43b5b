// What a look-alike is: honest work that has the marks of a mechanism. Each is one file of this folder; look-alikes.ts lists them.
//
// Always holds: people of a look-alike population do work of their own beside it, as everybody does, and nobody of them inflates.

import type { Random } from "../../simulation/random.ts";
import type { VirtualRun } from "../population/virtual.ts";

export interface LookAlikeWeek {
  /** Of the person; sessions and hashes begin with it. */
  name: string;
  /** 0 the first. */
  week: number;
  weekStartMs: number;
  own: readonly VirtualRun[];
  model: string;
  /** The same for all weeks. */
  habit: Random;
  /** Of this week. */
  random: Random;
}

export interface LookAlike {
  name: string;
  /** What its people do, in one sentence. */
  description: string;
  /** Of the usual number of sessions of their own. */
  ownRate: number;
  /** A schedule that they have registered, as a cron line in UTC. */
  registers?: string;
  /** All runs of the week. */
  live(week: LookAlikeWeek): VirtualRun[];
}
