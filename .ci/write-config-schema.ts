// `npm run schema`: writes docs/assay.config.schema.json and the tables of docs/method.md anew, after a setting or a number of the
// method has changed.
import { readFileSync, writeFileSync } from "node:fs";
import { toConfigJsonSchema } from "../schemas/config-json-schema.ts";
import { renderMethod } from "../schemas/method-table.ts";

const file = new URL("../docs/assay.config.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(toConfigJsonSchema(), null, 2)}\n`);

const method = new URL("../docs/method.md", import.meta.url);
writeFileSync(method, renderMethod(readFileSync(method, "utf8")));
