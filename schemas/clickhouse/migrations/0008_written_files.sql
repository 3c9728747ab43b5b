-- By which files a call can be linked to an outcome, where neither names the other.

-- Link key: ends of the paths of files that its tool calls write, the last 2 components and more of each; a pull request names its files
-- from the root of the repository, and a tool from somewhere above or below it.
ALTER TABLE call_features ADD COLUMN IF NOT EXISTS written_file_hashes Array(String) AFTER tool_target_hashes;

-- Share of the lines that were changed again since; NULL: unknown.
ALTER TABLE outcomes ADD COLUMN IF NOT EXISTS rewritten_share Nullable(Float64) AFTER reviewed_by_other;
