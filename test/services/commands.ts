// Every command of the program, for tests that run some in their own process: no service is running that they could be handed to.

import { listCommands } from "../../commands.ts";

export const COMMANDS = listCommands(() => Promise.reject(new Error("no service is started here")));
