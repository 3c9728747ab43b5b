// Loaded into a gateway: it then makes no features, and is otherwise as it is. What features cost is measured against it.

import { registerHooks } from "node:module";

const NOTHING = `data:text/javascript,${encodeURIComponent(
  "export const createFeatureMaker = () => ({ take() {}, async close() {} });",
)}`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith("/feature-maker.ts") ? { url: NOTHING, shortCircuit: true } : next(specifier, context),
});
