-- Grows whenever the versions of a mode change: whatever was worked out from them is kept under it.
ALTER TABLE modes ADD COLUMN generation BIGINT NOT NULL DEFAULT 0;
