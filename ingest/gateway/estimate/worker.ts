// The thread in which estimates are made, so that no call waits for one.

import { parentPort } from "node:worker_threads";
import { estimateTokens } from "./count-tokens.ts";
import type { EstimateAnswer, EstimateQuestion } from "./estimator.ts";
import { textsOfAnswer, textsOfRequest } from "./texts.ts";

parentPort?.on("message", ({ id, model, request, answer }: EstimateQuestion) => {
  const reply: EstimateAnswer = {
    id,
    input_tokens:
      request === undefined
        ? null
        : estimateTokens(textsOfRequest(Buffer.from(request).toString("utf8")), model),
    output_tokens: estimateTokens(textsOfAnswer(answer), model),
  };
  parentPort?.postMessage(reply);
});
