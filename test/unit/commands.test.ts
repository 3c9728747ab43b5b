// The list of commands, which is printed without loading them, says of each what the command itself says.

import { expect, it, vi } from "vitest";
import { listCommands } from "../../commands.ts";
import { EXIT } from "../../schemas/command.ts";

/** Loading a command for the first time reads much of the program. */
vi.setConfig({ testTimeout: 60_000 });

const commands = listCommands(() => Promise.resolve(EXIT.done));

it.each([...commands])("%s", async (name, { summary, load }) => {
  const command = await load();
  expect({ name: command.name, summary: command.summary }).toEqual({ name, summary });
});
