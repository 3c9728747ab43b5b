-- The policies bind the tables' owner as well: it is the owner as whom Assay works.
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE identity_version FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE keys FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE login_links FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE people FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE teams FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO identity_version DEFAULT VALUES;
--> statement-breakpoint
-- A gateway asks for the version every other second, and reads all keys only when it is another one. The version changes in
-- the transaction of the change, so whoever sees it sees the change. A change that could not be marked must not take place:
-- without the row a revoked key would go on working.
CREATE FUNCTION mark_identity_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE identity_version SET version = gen_random_uuid();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'The row of identity_version is missing, or this connection has not said as whom it acts.';
  END IF;
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER keys_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON keys
  FOR EACH STATEMENT EXECUTE FUNCTION mark_identity_change();
--> statement-breakpoint
-- Of people gateways know the team alone. A person without a key is nothing to them.
CREATE TRIGGER people_changed AFTER UPDATE OF team_id ON people
  FOR EACH STATEMENT EXECUTE FUNCTION mark_identity_change();
