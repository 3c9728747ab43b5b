#!/bin/sh
# Run once by the Postgres image, on an empty data directory: the role and the database of Assay. The role owns its database
# and nothing else, and is no superuser: row-level security does not bind those.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set password="$(cat /run/secrets/database-password)" <<'SQL'
CREATE ROLE assay LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE assay OWNER assay;
REVOKE CONNECT ON DATABASE assay FROM PUBLIC;
SQL
