-- Every state that an execution, a document, a session or a wallet was ever in, in order: what merchants and browsers are told.
-- Written by triggers on those tables, so that no step can change a status and forget to say so, in the statement that changes
-- it and under the changed row's lock. No foreign keys, which would look up what that statement has just written.
-- An event holds what may have changed; the rest of what is told of it is read from the row itself, and never changes there.
create table events (
  merchant_id bigint not null,
  id bigint generated always as identity,
  subject text not null,
  subject_id bigint not null,
  -- 1, 2, 3 and so on for each subject.
  sequence integer not null,
  -- The document that it belongs to: its own, and those of its payments, their refunds and the sessions of both.
  source_id bigint,
  type text not null,
  -- Of what is told. Another layout is another version.
  version smallint not null default 1,
  status text not null,
  data jsonb not null default '{}',
  at timestamptz not null,
  primary key (merchant_id, id),
  constraint events_sequence_key unique (subject_id, subject, merchant_id, sequence),
  constraint events_subject_known check (
    subject in ('payment', 'payout', 'transfer', 'refund', 'source', 'session', 'wallet', 'webhook_endpoint')
  ),
  constraint events_type_of_subject check (starts_with(type, subject || '.'))
);
create trigger events_append_only
  before update or delete or truncate on events
  for each statement execute function ledger_refuse_change();
create trigger events_written_by_triggers
  before insert on events
  for each statement when (pg_trigger_depth() = 0) execute function ledger_refuse_change();

-- What an event does not hold and tells all the same must stay as it was. These fire for statements that name such a column, so
-- the steps of a payment never pay for them.
create trigger executions_fixed
  before update of
    merchant_id, id, reference_id, operation, session_id, source_id, refunds_execution_id, provider, method, payer_minor,
    payer_currency, payee_minor, payee_currency, platform_fee_minor, gateway_fee_minor, fx_fee_minor, fee_currency
  on executions
  for each statement execute function ledger_refuse_change();
create trigger sources_fixed
  before update of merchant_id, id, kind, number_year, number_counter, currency on sources
  for each statement execute function ledger_refuse_change();
create trigger sessions_fixed
  before update of merchant_id, id, type, source_id, refunds_execution_id on sessions
  for each statement execute function ledger_refuse_change();

-- The functions below are handed a few rows, like those in 0005, and look each up by its key: reading a whole table is closed to
-- them as it is there. Each goes through its rows in the order of their ids.

create function execution_subject(operation text) returns text
language sql immutable as $$
  select case operation when 'COLLECTION' then 'payment' else lower(operation) end
$$;

create function execution_turn(status text, requires_action boolean) returns text
language sql immutable as $$
  select case when requires_action then 'requires_action' when status = 'PENDING' then 'created' else lower(status) end
$$;

create function execution_news(e executions) returns jsonb
language sql stable as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'requires_action', nullif(e.requires_action, false), 'provider_transaction_id', e.provider_transaction_id,
    'gateway_message', e.gateway_message, 'failure_code', e.failure_code
  ))
$$;

create function tell_new_executions() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    e.merchant_id, execution_subject(e.operation), e.id, 1, coalesce(e.source_id, original.source_id),
    execution_subject(e.operation) || '.' || execution_turn(e.status, e.requires_action), e.status, execution_news(e),
    e.created_at
  from new_rows e
  left join executions original on original.id = e.refunds_execution_id and original.merchant_id = e.merchant_id
  order by e.merchant_id, e.id;
  return null;
end
$$;
create trigger executions_tell_new
  after insert on executions
  referencing new table as new_rows
  for each statement execute function tell_new_executions();

create function tell_executions() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    e.merchant_id, execution_subject(e.operation), e.id, coalesce(latest.sequence, 0) + 1,
    coalesce(e.source_id, original.source_id),
    execution_subject(e.operation) || '.' || execution_turn(e.status, e.requires_action), e.status, execution_news(e),
    e.updated_at
  from new_rows e
  join old_rows o on o.id = e.id and o.merchant_id = e.merchant_id
  left join executions original on original.id = e.refunds_execution_id and original.merchant_id = e.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = e.id and event.subject = execution_subject(e.operation) and event.merchant_id = e.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where e.status <> o.status or e.requires_action <> o.requires_action
  order by e.merchant_id, e.id;
  return null;
end
$$;
create trigger executions_tell
  after update on executions
  referencing old table as old_rows new table as new_rows
  for each statement execute function tell_executions();

create function tell_new_sources() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    s.merchant_id, 'source', s.id, 1, s.id,
    'source.' || case s.status when 'IDLE' then 'created' when 'ACTIVE' then 'published' else lower(s.status) end,
    s.status, jsonb_build_object('total_minor', s.total_minor::text), s.created_at
  from new_rows s
  order by s.merchant_id, s.id;
  return null;
end
$$;
create trigger sources_tell_new
  after insert on sources
  referencing new table as new_rows
  for each statement execute function tell_new_sources();

create function tell_sources() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    s.merchant_id, 'source', s.id, coalesce(latest.sequence, 0) + 1, s.id,
    'source.' || case
      when s.status <> 'ACTIVE' then lower(s.status)
      when o.status = 'IDLE' then 'published'
      else 'reopened'
    end,
    s.status, jsonb_build_object('total_minor', s.total_minor::text), s.updated_at
  from new_rows s
  join old_rows o on o.id = s.id and o.merchant_id = s.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = s.id and event.subject = 'source' and event.merchant_id = s.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where s.status <> o.status
  order by s.merchant_id, s.id;
  return null;
end
$$;
create trigger sources_tell
  after update on sources
  referencing old table as old_rows new table as new_rows
  for each statement execute function tell_sources();

create function tell_new_sessions() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, at)
  select
    s.merchant_id, 'session', s.id, 1, coalesce(s.source_id, original.source_id),
    'session.' || case s.status when 'ACTIVE' then 'created' else lower(s.status) end, s.status, s.created_at
  from new_rows s
  left join executions original on original.id = s.refunds_execution_id and original.merchant_id = s.merchant_id
  order by s.merchant_id, s.id;
  return null;
end
$$;
create trigger sessions_tell_new
  after insert on sessions
  referencing new table as new_rows
  for each statement execute function tell_new_sessions();

create function tell_sessions() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, at)
  select
    s.merchant_id, 'session', s.id, coalesce(latest.sequence, 0) + 1, coalesce(s.source_id, original.source_id),
    'session.' || case s.status when 'ACTIVE' then 'created' else lower(s.status) end, s.status, s.updated_at
  from new_rows s
  join old_rows o on o.id = s.id and o.merchant_id = s.merchant_id
  left join executions original on original.id = s.refunds_execution_id and original.merchant_id = s.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = s.id and event.subject = 'session' and event.merchant_id = s.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where s.status <> o.status
  order by s.merchant_id, s.id;
  return null;
end
$$;
create trigger sessions_tell
  after update on sessions
  referencing old table as old_rows new table as new_rows
  for each statement execute function tell_sessions();

-- Of the merchant's own wallets: what its contacts hold is theirs.
create function tell_wallets() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  insert into events (merchant_id, subject, subject_id, sequence, type, status, at)
  select
    w.merchant_id, 'wallet', w.id, coalesce(latest.sequence, 0) + 1, 'wallet.status_changed', w.status, w.updated_at
  from new_rows w
  join old_rows o on o.id = w.id and o.merchant_id = w.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = w.id and event.subject = 'wallet' and event.merchant_id = w.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where w.status <> o.status and w.party_id is null
  order by w.merchant_id, w.id;
  return null;
end
$$;
create trigger wallets_tell
  after update on wallets
  referencing old table as old_rows new table as new_rows
  for each statement execute function tell_wallets();

-- What browsers may know of the payment of a document: a row for every status an execution has had, in the words that go out.
create view checkout_payment_intent_public_status as
select
  e.merchant_id, e.reference_id, e.session_id, event.sequence, e.id, source.kind as source_type, e.source_id, event.status,
  coalesce((event.data -> 'requires_action')::boolean, false) as requires_action, event.data ->> 'gateway_message' as gateway_message,
  event.at as updated_at
from executions e
join events event
  on event.merchant_id = e.merchant_id and event.subject_id = e.id and event.subject = 'payment'
join sources source
  on source.merchant_id = e.merchant_id and source.id = e.source_id
where e.operation = 'COLLECTION';
