// `assay gateway-worker`: one of the processes that `assay gateway` and `assay start` keep running. It never opens a store: it
// reads the identity snapshot and writes the spool.

import { once } from "node:events";
import { makeDataDirectory } from "../../schemas/data-directory.ts";
import { defineCommand, EXIT, type ProcessCommand } from "../../schemas/command.ts";
import { createLog } from "../../schemas/log.ts";
import { answerParent, tellParent } from "../../schemas/process-messages.ts";
import { createVitals } from "../../schemas/vitals.ts";
import { serveGateway } from "../gateway/serve.ts";

export const gatewayWorkerCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "gateway-worker",
  summary: "Forward and record calls; a part of gateway and of start",
  usage: "[--name NAME]",
  options: { name: { type: "string", help: "what it is called in logs and metrics" } },
  async run({ values }, io, config) {
    const name = typeof values["name"] === "string" ? values["name"] : "gateway-1";
    const log = createLog(name, io.stderr);
    makeDataDirectory(config.dataDir);
    const vitals = createVitals(name);
    const gateway = await serveGateway(log, config, vitals);
    answerParent(vitals);
    tellParent({ type: "ready", ports: { gateway: gateway.port } });
    log.info({ port: gateway.port }, "the gateway is listening");
    if (!io.signal.aborted) await once(io.signal, "abort");
    vitals.drain();
    await gateway.close();
    return EXIT.done;
  },
});
