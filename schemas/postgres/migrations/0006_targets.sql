CREATE TABLE "organisation_targets" (
	"target_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"measure" text NOT NULL,
	"threshold" double precision NOT NULL,
	"announced_on" date NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "organisation_targets_threshold" CHECK ("organisation_targets"."threshold" > 0)
);
--> statement-breakpoint
ALTER TABLE "organisation_targets" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "system" ON "organisation_targets" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "person_read" ON "organisation_targets" AS PERMISSIVE FOR SELECT TO public USING ((SELECT current_setting('assay.acting_as', true)) <> '');--> statement-breakpoint
ALTER TABLE organisation_targets FORCE ROW LEVEL SECURITY;
