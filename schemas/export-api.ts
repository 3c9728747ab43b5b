// A person's own data as files: GET /people/{person_id}/export/{subject}.{format}. What each column means: docs/dashboard.md.

export const EXPORT_SUBJECTS = ["runs", "calls", "outcomes", "usage"] as const;
export const EXPORT_FORMATS = ["csv", "json"] as const;

export type ExportSubject = (typeof EXPORT_SUBJECTS)[number];
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
