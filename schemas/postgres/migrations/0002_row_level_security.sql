CREATE TABLE "identity_version" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"version" uuid DEFAULT gen_random_uuid() NOT NULL,
	CONSTRAINT "identity_version_one_row" CHECK ("identity_version"."is_only")
);
--> statement-breakpoint
ALTER TABLE "identity_version" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "audit" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "keys" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "login_links" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "people" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "sessions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "teams" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "system" ON "audit" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "audit" AS PERMISSIVE FOR SELECT TO public USING ("audit"."subject_id"::text = (SELECT current_setting('assay.acting_as', true)) OR "audit"."actor_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "keys" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "keys" AS PERMISSIVE FOR SELECT TO public USING ("keys"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_insert" ON "keys" AS PERMISSIVE FOR INSERT TO public WITH CHECK ("keys"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_update" ON "keys" AS PERMISSIVE FOR UPDATE TO public USING ("keys"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "login_links" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "people" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "people" AS PERMISSIVE FOR SELECT TO public USING ("people"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "sessions" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "teams" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "identity_version" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "person_read" ON "identity_version" AS PERMISSIVE FOR SELECT TO public USING ((SELECT current_setting('assay.acting_as', true)) <> '');--> statement-breakpoint
CREATE POLICY "person_update" ON "identity_version" AS PERMISSIVE FOR UPDATE TO public USING ((SELECT current_setting('assay.acting_as', true)) <> '');