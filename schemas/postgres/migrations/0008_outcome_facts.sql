CREATE TABLE "outcome_facts" (
	"fact" text NOT NULL,
	"subject" text NOT NULL,
	"detail" text DEFAULT '' NOT NULL,
	"person_id" uuid,
	"value" jsonb,
	"at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "outcome_facts_subject_fact_detail_pk" PRIMARY KEY("subject","fact","detail")
);
--> statement-breakpoint
ALTER TABLE "outcome_facts" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "outcome_facts" ADD CONSTRAINT "outcome_facts_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "outcome_facts_person" ON "outcome_facts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "outcome_facts_expiry" ON "outcome_facts" USING btree ("expires_at");--> statement-breakpoint
CREATE POLICY "system" ON "outcome_facts" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
ALTER TABLE outcome_facts FORCE ROW LEVEL SECURITY;
