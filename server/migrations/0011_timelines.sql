-- What a payment's timeline is told from beyond its statuses, answers that contradict each other, and one prompt at a time
-- on one phone.

-- Questions to providers whose answer changed no status, and requests to cancel: what did change it is an event. So a payment
-- that goes well writes nothing here. Like events, no foreign key: nothing is ever deleted.
create table execution_questions (
  merchant_id bigint not null,
  id bigint generated always as identity,
  execution_id bigint not null,
  asked text not null,
  answer text not null,
  detail text,
  at timestamptz not null,
  primary key (execution_id, id, merchant_id),
  constraint execution_questions_asked_known check (asked in ('order', 'look_up', 'cancellation')),
  constraint execution_questions_answer_known check (
    answer in ('accepted', 'completed', 'declined', 'refused', 'not_found', 'unknown')
  )
);
create trigger execution_questions_append_only
  before update or delete or truncate on execution_questions
  for each statement execute function ledger_refuse_change();

-- Final answers of a provider that cannot be believed and acted on: unlike the final answer before, or with another amount than
-- was asked. Nothing follows from them by itself; a person decides. One that is told again is the same one.
create table quarantined_outcomes (
  merchant_id bigint not null,
  id bigint generated always as identity,
  execution_id bigint not null,
  reason text not null,
  -- How the execution stood, and what was told instead.
  stood text not null,
  told text not null,
  told_by text not null,
  amount_minor bigint,
  currency text,
  provider_transaction_id text,
  detail text,
  at timestamptz not null,
  primary key (id, merchant_id),
  constraint quarantined_outcomes_execution foreign key (merchant_id, execution_id) references executions (merchant_id, id),
  constraint quarantined_outcomes_once unique nulls not distinct (execution_id, merchant_id, reason, told, amount_minor, currency),
  constraint quarantined_outcomes_reason_known check (reason in ('contradiction', 'amount')),
  constraint quarantined_outcomes_told_final check (told in ('COMPLETED', 'FAILED')),
  constraint quarantined_outcomes_amount_whole check ((amount_minor is null) = (currency is null))
);
create trigger quarantined_outcomes_append_only
  before update or delete or truncate on quarantined_outcomes
  for each statement execute function ledger_refuse_change();

-- What a person decided on one of them. It moves no money.
create table quarantine_decisions (
  merchant_id bigint not null,
  quarantined_id bigint not null,
  decision text not null,
  note text not null,
  decided_by text,
  at timestamptz not null,
  primary key (quarantined_id, merchant_id),
  constraint quarantine_decisions_outcome
    foreign key (quarantined_id, merchant_id) references quarantined_outcomes (id, merchant_id),
  constraint quarantine_decisions_decision_known check (decision in ('stands', 'provider-right', 'settled-elsewhere'))
);
create trigger quarantine_decisions_append_only
  before update or delete or truncate on quarantine_decisions
  for each statement execute function ledger_refuse_change();

-- As before, and also answers the FAILED executions that a callback calls COMPLETED: they have no check of their own any more,
-- so whoever stored the callback looks before it acknowledges.
--   callbacks: [{ord, provider, provider_reference, tells_completion, headers, body (base64)}]
create or replace function receive_callbacks(callbacks jsonb, at timestamptz, check_at timestamptz)
returns setof executions
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  insert into provider_callbacks
    (provider, provider_reference, headers, body, received_at, verification, signature_digest, is_repeat)
  select
    c.provider, c.provider_reference, c.headers, decode(c.body, 'base64'), at, coalesce(c.verification, 'unchecked'),
    decode(c.signature_digest, 'hex'),
    c.signature_digest is not null and (
      row_number() over (partition by c.signature_digest order by c.ord) > 1
      or exists (select from provider_callbacks known where known.signature_digest = decode(c.signature_digest, 'hex'))
    )
  from jsonb_to_recordset(callbacks) as c (
    ord integer, provider text, provider_reference uuid, headers jsonb, body text, verification text,
    signature_digest text, wakes boolean
  );

  return query
  with open as materialized (
    select e.merchant_id, e.id
    from (
      select distinct c.provider, c.provider_reference
      from jsonb_to_recordset(callbacks) as c (provider text, provider_reference uuid, wakes boolean)
      where coalesce(c.wakes, true)
    ) c
    join executions e on e.provider_reference = c.provider_reference and e.provider = c.provider
    -- By status and not by next_check_at, which would invite a walk through every open execution.
    where e.status in ('PENDING', 'PROCESSING')
    order by e.merchant_id, e.id
    for no key update of e
  )
  update executions e
  set next_check_at = check_at
  from open
  where e.merchant_id = open.merchant_id and e.id = open.id
  returning e.*;

  return query
  select e.*
  from (
    select distinct c.provider, c.provider_reference
    from jsonb_to_recordset(callbacks) as c (
      provider text, provider_reference uuid, tells_completion boolean, wakes boolean
    )
    where c.tells_completion and coalesce(c.wakes, true)
  ) c
  join executions e on e.provider_reference = c.provider_reference and e.provider = c.provider
  where e.status = 'FAILED';
end
$$;
