-- Entries in a chain: each seal's hash covers the seal before it and the entry with all its lines, so that whoever changes
-- history must write all of it again. What exactly is hashed stands in docs/decisions/0014.
-- No foreign key to the entry: it would write a lock into every entry's row, and what it promises is what is verified anyway.
create table ledger_seals (
  -- Without gaps, from 1.
  position bigint primary key,
  entry_id bigint not null,
  merchant_id bigint not null,
  hash bytea not null,
  constraint ledger_seals_entry_key unique (entry_id, merchant_id),
  constraint ledger_seals_position_positive check (position > 0),
  constraint ledger_seals_hash_length check (octet_length(hash) = 32)
);
create trigger ledger_seals_append_only
  before update or delete or truncate on ledger_seals
  for each statement execute function ledger_refuse_change();
