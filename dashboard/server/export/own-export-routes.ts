// A person's own data as files, one address for each subject and format: GET /people/:personId/export/runs.csv

import type { Logger } from "pino";
import { EXPORT_FORMATS, EXPORT_SUBJECTS, type ExportFormat } from "../../../schemas/export-api.ts";
import { defineRoute } from "../http/route.ts";
import { exportOwn } from "./own-export.ts";

const TYPES: Readonly<Record<ExportFormat, string>> = { csv: "text/csv", json: "application/json" };

export const ownExportRoutes = EXPORT_SUBJECTS.flatMap((subject) =>
  EXPORT_FORMATS.map((format) =>
    defineRoute({
      method: "GET",
      path: `/people/:personId/export/${subject}.${format}`,
      summary: `Everything that is kept of a person's ${subject}, as ${format.toUpperCase()}`,
      access: "subject",
      token: "read",
      download: TYPES[format],
      handle({ who: { subjectId }, dashboard: { stores, log }, now, context }) {
        const texts = exportOwn(stores.clickhouse, { subjectId, subject, format, now });
        return context.newResponse(ReadableStream.from(toBytes(log, texts)), 200, {
          "content-type": `${TYPES[format]}; charset=utf-8`,
          "content-disposition": `attachment; filename="assay-${subject}.${format}"`,
        });
      },
    }),
  ),
);

/** Its head has been sent when a page fails: all that is left is to break off, so that nobody takes a part for the whole. */
async function* toBytes(log: Logger, texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  try {
    for await (const text of texts) yield encoder.encode(text);
  } catch (error) {
    log.error({ err: error }, "an export broke off");
    throw error;
  }
}
