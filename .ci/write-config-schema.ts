// `npm run schema`: writes docs/assay.config.schema.json anew, after a setting has changed.
import { writeFileSync } from "node:fs";
import { toConfigJsonSchema } from "../schemas/config-json-schema.ts";

const file = new URL("../docs/assay.config.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(toConfigJsonSchema(), null, 2)}\n`);
