CREATE TABLE "class_corrections" (
	"correction_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"run_id" text NOT NULL,
	"event_id" uuid NOT NULL,
	"event_started_at" timestamp with time zone NOT NULL,
	"workload_class" text NOT NULL,
	"previous_class" text,
	"reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"is_written" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "class_corrections" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "schedules" (
	"schedule_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid,
	"key_id" uuid,
	"name" text NOT NULL,
	"cron" text NOT NULL,
	"timezone" text NOT NULL,
	"minutes" integer NOT NULL,
	"workload_class" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" uuid,
	"accepted_at" timestamp with time zone,
	"accepted_by" uuid,
	"ended_at" timestamp with time zone,
	"written_until" timestamp with time zone,
	"is_written" boolean DEFAULT false NOT NULL,
	CONSTRAINT "schedules_person_or_key" CHECK ("schedules"."person_id" IS NOT NULL OR "schedules"."key_id" IS NOT NULL)
);
--> statement-breakpoint
ALTER TABLE "schedules" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "class_corrections" ADD CONSTRAINT "class_corrections_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_key_id_keys_key_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."keys"("key_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "schedules" ADD CONSTRAINT "schedules_accepted_by_people_person_id_fk" FOREIGN KEY ("accepted_by") REFERENCES "public"."people"("person_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "class_corrections_person" ON "class_corrections" USING btree ("person_id","event_started_at");--> statement-breakpoint
CREATE INDEX "class_corrections_expiry" ON "class_corrections" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "class_corrections_unwritten" ON "class_corrections" USING btree ("is_written") WHERE NOT "class_corrections"."is_written";--> statement-breakpoint
CREATE INDEX "schedules_person" ON "schedules" USING btree ("person_id");--> statement-breakpoint
CREATE POLICY "system" ON "class_corrections" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "class_corrections" AS PERMISSIVE FOR SELECT TO public USING ("class_corrections"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_insert" ON "class_corrections" AS PERMISSIVE FOR INSERT TO public WITH CHECK ("class_corrections"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_update" ON "class_corrections" AS PERMISSIVE FOR UPDATE TO public USING ("class_corrections"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "system" ON "schedules" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "schedules" AS PERMISSIVE FOR SELECT TO public USING ("schedules"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_insert" ON "schedules" AS PERMISSIVE FOR INSERT TO public WITH CHECK ("schedules"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "own_update" ON "schedules" AS PERMISSIVE FOR UPDATE TO public USING ("schedules"."person_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
ALTER TABLE class_corrections FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE schedules FORCE ROW LEVEL SECURITY;
