CREATE TABLE "organisation_releases" (
	"first_day" date PRIMARY KEY NOT NULL,
	"released_at" timestamp with time zone NOT NULL,
	"body" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "organisation_releases" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "system" ON "organisation_releases" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
ALTER TABLE organisation_releases FORCE ROW LEVEL SECURITY;
