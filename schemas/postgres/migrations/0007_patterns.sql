CREATE TABLE "pattern_evidence" (
	"pattern_id" uuid NOT NULL,
	"week" date NOT NULL,
	"signal" text NOT NULL,
	"family" text NOT NULL,
	"workload_class" text,
	"effect" double precision NOT NULL,
	"floor" double precision NOT NULL,
	"cases" integer NOT NULL,
	"p_value" double precision NOT NULL,
	"p_value_source" text NOT NULL,
	"run_ids" text[] NOT NULL,
	"named_cost_usd" double precision NOT NULL,
	"method_version" text NOT NULL,
	CONSTRAINT "pattern_evidence_pattern_id_week_signal_pk" PRIMARY KEY("pattern_id","week","signal")
);
--> statement-breakpoint
ALTER TABLE "pattern_evidence" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pattern_labels" (
	"label_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"decided_week" date NOT NULL,
	"state" text NOT NULL,
	"closed_by" text NOT NULL,
	"workload_class" text,
	"evidence" jsonb NOT NULL,
	"method_version" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pattern_labels" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "pattern_statements" (
	"statement_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"pattern_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"said_at" timestamp with time zone NOT NULL,
	"said_by" uuid,
	"body" text NOT NULL,
	"workload_class" text,
	"is_upheld" boolean
);
--> statement-breakpoint
ALTER TABLE "pattern_statements" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "patterns" (
	"pattern_id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"person_id" uuid NOT NULL,
	"state" text NOT NULL,
	"families" text[] NOT NULL,
	"first_week" date NOT NULL,
	"last_week" date NOT NULL,
	"named_cost_usd" double precision NOT NULL,
	"own_cost_usd" double precision NOT NULL,
	"due_outcomes" double precision NOT NULL,
	"expected_outcomes" double precision NOT NULL,
	"p_low_value" double precision,
	"scheduled_share" double precision NOT NULL,
	"method_version" text NOT NULL,
	"observed_at" timestamp with time zone NOT NULL,
	"notified_at" timestamp with time zone,
	"opened_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	"closed_by" text,
	"manager_id" uuid,
	"contested_at" timestamp with time zone,
	"answered_at" timestamp with time zone,
	"paused_working_days" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "patterns" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "policies" (
	"version" integer PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"method_version" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"published_by" uuid
);
--> statement-breakpoint
ALTER TABLE "policies" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "pattern_evidence" ADD CONSTRAINT "pattern_evidence_pattern_id_patterns_pattern_id_fk" FOREIGN KEY ("pattern_id") REFERENCES "public"."patterns"("pattern_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pattern_statements" ADD CONSTRAINT "pattern_statements_pattern_id_patterns_pattern_id_fk" FOREIGN KEY ("pattern_id") REFERENCES "public"."patterns"("pattern_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pattern_statements" ADD CONSTRAINT "pattern_statements_said_by_people_person_id_fk" FOREIGN KEY ("said_by") REFERENCES "public"."people"("person_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patterns" ADD CONSTRAINT "patterns_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "patterns" ADD CONSTRAINT "patterns_manager_id_people_person_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policies" ADD CONSTRAINT "policies_published_by_people_person_id_fk" FOREIGN KEY ("published_by") REFERENCES "public"."people"("person_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "pattern_statements_pattern" ON "pattern_statements" USING btree ("pattern_id");--> statement-breakpoint
CREATE INDEX "patterns_person" ON "patterns" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "patterns_manager" ON "patterns" USING btree ("manager_id");--> statement-breakpoint
CREATE UNIQUE INDEX "patterns_live" ON "patterns" USING btree ("person_id","families") WHERE "patterns"."closed_at" IS NULL;--> statement-breakpoint
CREATE POLICY "system" ON "pattern_evidence" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "of_pattern" ON "pattern_evidence" AS PERMISSIVE FOR SELECT TO public USING (EXISTS (SELECT FROM patterns WHERE patterns.pattern_id = "pattern_evidence"."pattern_id"));--> statement-breakpoint
CREATE POLICY "system" ON "pattern_labels" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "system" ON "pattern_statements" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "of_pattern" ON "pattern_statements" AS PERMISSIVE FOR SELECT TO public USING (EXISTS (SELECT FROM patterns WHERE patterns.pattern_id = "pattern_statements"."pattern_id"));--> statement-breakpoint
CREATE POLICY "system" ON "patterns" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "own_read" ON "patterns" AS PERMISSIVE FOR SELECT TO public USING ("patterns"."person_id"::text = (SELECT current_setting('assay.acting_as', true)) AND "patterns"."notified_at" IS NOT NULL);--> statement-breakpoint
CREATE POLICY "manager_read" ON "patterns" AS PERMISSIVE FOR SELECT TO public USING ("patterns"."state" = 'open' AND "patterns"."manager_id"::text = (SELECT current_setting('assay.acting_as', true)));--> statement-breakpoint
CREATE POLICY "officer_read" ON "patterns" AS PERMISSIVE FOR SELECT TO public USING ("patterns"."closed_at" IS NULL AND "patterns"."contested_at" IS NOT NULL AND "patterns"."answered_at" IS NULL
        AND EXISTS (SELECT FROM people WHERE "people"."person_id"::text = (SELECT current_setting('assay.acting_as', true)) AND "people"."role" = 'officer'));--> statement-breakpoint
CREATE POLICY "system" ON "policies" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
CREATE POLICY "person_read" ON "policies" AS PERMISSIVE FOR SELECT TO public USING ((SELECT current_setting('assay.acting_as', true)) <> '');--> statement-breakpoint
ALTER TABLE policies FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE patterns FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE pattern_evidence FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE pattern_statements FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE pattern_labels FORCE ROW LEVEL SECURITY;
