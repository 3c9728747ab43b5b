ALTER TABLE "pattern_evidence" ADD COLUMN "question" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "pattern_evidence" ADD COLUMN "rule" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "pattern_evidence" ADD COLUMN "innocents" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "patterns" ADD COLUMN "evidence_version" bigint DEFAULT 0 NOT NULL;