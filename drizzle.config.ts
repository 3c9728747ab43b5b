// Where `npm run migrations:postgres` reads the tables, and where it puts the migration that brings a database to them.

import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./schemas/postgres/*tables.ts",
  out: "./schemas/postgres/migrations",
});
