ALTER TABLE "pattern_statements" ADD COLUMN "cause" text;--> statement-breakpoint
ALTER TABLE "patterns" ADD COLUMN "told_cost_usd" double precision;--> statement-breakpoint
ALTER TABLE "patterns" ADD COLUMN "told_last_week" date;--> statement-breakpoint
ALTER TABLE "patterns" ADD COLUMN "yield_mean" double precision;--> statement-breakpoint
ALTER TABLE "patterns" ADD COLUMN "yield_low" double precision;--> statement-breakpoint
ALTER TABLE "patterns" ADD COLUMN "yield_high" double precision;--> statement-breakpoint
-- Who was told before these columns were there, was told with what is known of the pattern now.
UPDATE patterns SET told_cost_usd = named_cost_usd, told_last_week = last_week WHERE notified_at IS NOT NULL;
