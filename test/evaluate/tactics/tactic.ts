// What a tactic is: something that makes a person's volume larger and nothing else. Each is one file of this folder; tactics.ts lists them.
//
// Always holds: a tactic adds a share of the person's own cost at list price, whatever it is made of; outcomes of the own work stay as
// they are.

import type { Random } from "../../simulation/random.ts";
import type { Prices } from "../population/prices.ts";
import type { Stealth } from "./stealth.ts";
import type { VirtualRun } from "../population/virtual.ts";

export interface Injection {
  /** Of the person; hashes and sessions begin with it. */
  name: string;
  weekStartMs: number;
  /** The person's own runs of the week. */
  own: readonly VirtualRun[];
  /** What is to be added, in US dollars at list price. */
  budgetUsd: number;
  model: string;
  stealth: Stealth;
  /** The same for all weeks: what the script says. */
  script: Random;
  /** Of this week. */
  random: Random;
  prices: Prices;
}

export interface Tactic {
  name: string;
  /** What somebody does who uses it, in one sentence. */
  description: string;
  /** A program starts it; otherwise it is in the own work. */
  isScripted: boolean;
  /** It says something that could be said in other words. */
  hasWords: boolean;
  /** All runs of the week: the own ones, changed or not, and the added ones. */
  inject(injection: Injection): VirtualRun[];
}
