CREATE TABLE "person_positions" (
	"person_id" uuid NOT NULL,
	"valid_from" timestamp with time zone NOT NULL,
	"team_id" uuid,
	"manager_id" uuid,
	CONSTRAINT "person_positions_person_id_valid_from_pk" PRIMARY KEY("person_id","valid_from")
);
--> statement-breakpoint
ALTER TABLE "person_positions" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "keys" ADD COLUMN "team_id" uuid;--> statement-breakpoint
ALTER TABLE "person_positions" ADD CONSTRAINT "person_positions_person_id_people_person_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_positions" ADD CONSTRAINT "person_positions_team_id_teams_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("team_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "person_positions" ADD CONSTRAINT "person_positions_manager_id_people_person_id_fk" FOREIGN KEY ("manager_id") REFERENCES "public"."people"("person_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "person_positions_manager" ON "person_positions" USING btree ("manager_id");--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_team_id_teams_team_id_fk" FOREIGN KEY ("team_id") REFERENCES "public"."teams"("team_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_team_of_service" CHECK ("keys"."team_id" IS NULL OR "keys"."kind" = 'service');--> statement-breakpoint
CREATE POLICY "system" ON "person_positions" AS PERMISSIVE FOR ALL TO public USING ((SELECT current_setting('assay.acting_as', true)) = 'system');--> statement-breakpoint
ALTER TABLE person_positions FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
-- What is so now is all that is known of the time before.
INSERT INTO person_positions (person_id, valid_from, team_id, manager_id)
SELECT person_id, now(), team_id, manager_id FROM people;
--> statement-breakpoint
-- A proxy may vouch for somebody by their address, so gateways know the addresses (hashed) of all people.
DROP TRIGGER people_changed ON people;
--> statement-breakpoint
CREATE TRIGGER people_changed AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF team_id, email ON people
  FOR EACH STATEMENT EXECUTE FUNCTION mark_identity_change();
