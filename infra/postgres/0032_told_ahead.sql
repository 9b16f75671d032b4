-- What falls due together is stored in several transactions where it is very much: so many
-- transitions are told already of the record at next_offset, which is not taken to its end.
ALTER TABLE partition_state ADD COLUMN told_ahead bigint NOT NULL DEFAULT 0;
