CREATE TABLE "access_tokens" (
	"token_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"name" text NOT NULL,
	"token_sha256" text NOT NULL,
	"hint" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "access_tokens_token_sha256_unique" UNIQUE("token_sha256")
);
--> statement-breakpoint
ALTER TABLE "access_tokens" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "oidc_attempts" (
	"state_sha256" text PRIMARY KEY NOT NULL,
	"code_verifier" text NOT NULL,
	"nonce" text NOT NULL,
	"return_path" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "oidc_attempts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "oidc_subjects" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"person_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "oidc_subjects_issuer_subject_pk" PRIMARY KEY("issuer","subject")
);
--> statement-breakpoint
ALTER TABLE "oidc_subjects" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notice_deliveries" (
	"notice_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"delivered_at" timestamp with time zone,
	"failure" text,
	CONSTRAINT "notice_deliveries_notice_id_channel_pk" PRIMARY KEY("notice_id","channel")
);
--> statement-breakpoint
ALTER TABLE "notice_deliveries" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notice_preferences" (
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"channel" text NOT NULL,
	"is_on" boolean NOT NULL,
	CONSTRAINT "notice_preferences_person_id_kind_channel_pk" PRIMARY KEY("person_id","kind","channel")
);
--> statement-breakpoint
ALTER TABLE "notice_preferences" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "notices" (
	"notice_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"about" uuid NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "notices" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "setting_versions" (
	"version" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "setting_versions_version_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"value" jsonb,
	"reason" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"changed_by" uuid,
	"undoes" bigint,
	"is_public" boolean NOT NULL
);
--> statement-breakpoint
ALTER TABLE "setting_versions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "session_id" uuid DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "method" text DEFAULT 'link' NOT NULL;--> statement-breakpoint
ALTER TABLE "sessions" ADD COLUMN "signed_in_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oidc_subjects" ADD CONSTRAINT "oidc_subjects_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_deliveries" ADD CONSTRAINT "notice_deliveries_notice_id_notices_notice_id_fk" FOREIGN KEY ("notice_id") REFERENCES "public"."notices"("notice_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notice_preferences" ADD CONSTRAINT "notice_preferences_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notices" ADD CONSTRAINT "notices_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "setting_versions" ADD CONSTRAINT "setting_versions_changed_by_people_person_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."people"("person_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_tokens_person" ON "access_tokens" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "oidc_subjects_person" ON "oidc_subjects" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "notice_deliveries_due" ON "notice_deliveries" USING btree ("next_attempt_at") WHERE "notice_deliveries"."next_attempt_at" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "notices_person" ON "notices" USING btree ("person_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "notices_once" ON "notices" USING btree ("person_id","kind","about");--> statement-breakpoint
CREATE INDEX "setting_versions_name" ON "setting_versions" USING btree ("name","version");--> statement-breakpoint
CREATE INDEX "sessions_session" ON "sessions" USING btree ("session_id");--> statement-breakpoint
CREATE POLICY "officer_read" ON "audit" AS PERMISSIVE FOR SELECT TO public USING (EXISTS (SELECT FROM people WHERE "people"."person_id"::text = (SELECT current_setting('assay.acting_as', true)) AND "people"."role" = 'officer'));--> statement-breakpoint
CREATE POLICY "system" ON "access_tokens" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "access_tokens" AS PERMISSIVE FOR SELECT TO public USING ("access_tokens"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_insert" ON "access_tokens" AS PERMISSIVE FOR INSERT TO public WITH CHECK ("access_tokens"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_update" ON "access_tokens" AS PERMISSIVE FOR UPDATE TO public USING ("access_tokens"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "oidc_attempts" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "oidc_subjects" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "notice_deliveries" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "notice_preferences" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "notice_preferences" AS PERMISSIVE FOR SELECT TO public USING ("notice_preferences"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_insert" ON "notice_preferences" AS PERMISSIVE FOR INSERT TO public WITH CHECK ("notice_preferences"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_update" ON "notice_preferences" AS PERMISSIVE FOR UPDATE TO public USING ("notice_preferences"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "notices" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "notices" AS PERMISSIVE FOR SELECT TO public USING ("notices"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_update" ON "notices" AS PERMISSIVE FOR UPDATE TO public USING ("notices"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "setting_versions" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "person_read" ON "setting_versions" AS PERMISSIVE FOR SELECT TO public USING ("setting_versions"."is_public" AND (SELECT current_setting('assay.acting_as', true)) <> '');--> statement-breakpoint
ALTER TABLE access_tokens FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE oidc_attempts FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE oidc_subjects FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE notices FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE notice_deliveries FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE notice_preferences FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE setting_versions FORCE ROW LEVEL SECURITY;
