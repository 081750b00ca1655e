-- Entries in a chain: each seal's hash covers the seal before it and the entry with all its lines, so that whoever changes
-- history must write all of it again. What exactly is hashed stands in docs/decisions/0015.
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

-- What providers say they did, line by line, held against what we know. A line that comes twice in one statement is two
-- occurrences: the second is money that moved without us.
create table statement_lines (
  provider text not null,
  kind text not null,
  reference text not null,
  occurrence integer not null,
  amount_minor bigint not null,
  currency text not null,
  fee_minor bigint,
  occurred_at timestamptz not null,
  primary key (provider, kind, reference, occurrence),
  constraint statement_lines_kind_known check (kind in ('deposit', 'payout', 'refund')),
  constraint statement_lines_amount_positive check (amount_minor > 0)
);
create index statement_lines_time on statement_lines (provider, occurred_at);

-- One for each day (UTC) and currency that a statement speaks of; made anew whenever a statement says more of that day.
create table reconciliation_reports (
  provider text not null,
  day date not null,
  currency text not null,
  matched integer not null,
  missing_there integer not null,
  missing_here integer not null,
  amount_differs integer not null,
  made_at timestamptz not null,
  primary key (provider, day, currency)
);
create table reconciliation_differences (
  provider text not null,
  day date not null,
  currency text not null,
  id bigint generated always as identity,
  what text not null,
  kind text not null,
  reference text not null,
  merchant_id bigint,
  execution_id bigint,
  -- How our execution stands: one that is still open is no longer missing once its outcome is known.
  status text,
  ours_minor bigint,
  ours_currency text,
  theirs_minor bigint,
  primary key (provider, day, currency, id),
  constraint reconciliation_differences_report foreign key (provider, day, currency)
    references reconciliation_reports (provider, day, currency) on delete cascade,
  constraint reconciliation_differences_what_known check (what in ('missing_there', 'missing_here', 'amount_differs'))
);

-- Executions as a provider's statement knows them.
create view provider_payments as
select
  e.merchant_id, e.id as execution_id, e.provider, e.provider_reference, e.status, e.confirmed_at,
  case e.operation when 'COLLECTION' then 'deposit' when 'PAYOUT' then 'payout' else 'refund' end as kind,
  case e.operation when 'COLLECTION' then e.payer_minor else e.payee_minor end as amount_minor,
  case e.operation when 'COLLECTION' then e.payer_currency else e.payee_currency end as currency
from executions e
where e.provider <> 'PLATFORM' and e.operation <> 'TRANSFER';
