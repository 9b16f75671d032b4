-- The valid day of each standing record: a rule set is asked of whom anything is known that
-- happened on its first day or later. Null in rows of an older release: then it may have.
ALTER TABLE records ADD COLUMN occurred_on date;
