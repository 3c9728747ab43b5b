// `assay gateway`: one gateway process. It never opens a store: it reads the identity snapshot and writes the spool.

import { once } from "node:events";
import { makeDataDirectory } from "../../schemas/data-directory.ts";
import { defineCommand, EXIT, type ProcessCommand } from "../../schemas/command.ts";
import { createLog } from "../../schemas/log.ts";
import { createMetrics } from "../../schemas/metrics.ts";
import { tellParent } from "../../schemas/process-messages.ts";
import { serveGateway } from "../gateway/serve.ts";

export const gatewayCommand = defineCommand<ProcessCommand>({
  kind: "process",
  name: "gateway",
  summary: "Run a gateway alone",
  usage: "",
  options: {},
  async run(_args, io, config) {
    const log = createLog("gateway", io.stderr);
    makeDataDirectory(config.dataDir);
    const gateway = await serveGateway(log, config, createMetrics("gateway"));
    tellParent({ type: "ready" });
    log.info({ port: gateway.port }, "the gateway is listening");
    if (!io.signal.aborted) await once(io.signal, "abort");
    await gateway.close();
    return EXIT.done;
  },
});
