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

-- As before, and also answers the final executions that a callback calls otherwise: they have no check of their own any more,
-- so whoever stored the callback looks before it acknowledges.
--   callbacks: [{ord, provider, provider_reference, tells, headers, body (base64), verification, signature_digest, wakes}]
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
    select distinct c.provider, c.provider_reference, c.tells
    from jsonb_to_recordset(callbacks) as c (provider text, provider_reference uuid, tells text, wakes boolean)
    where c.tells is not null and coalesce(c.wakes, true)
  ) c
  join executions e on e.provider_reference = c.provider_reference and e.provider = c.provider
  where e.status in ('COMPLETED', 'FAILED') and e.status <> c.tells;
end
$$;

-- Whose phone a payment under way asks: few rows, gone with the final status.
create index executions_prompts on executions (account_number, method, created_at)
  where operation = 'COLLECTION' and status in ('PENDING', 'PROCESSING');

-- Like claim_collections, for payers who are asked on their phones one payment at a time: an element whose number and method
-- have a payment under way, over all merchants, that is younger than the guard is `prompt_open` until `free_at` and leaves
-- nothing behind. Of several for one phone in a call the first is judged and the others ask again. Only what would be
-- claimed is refused so: every other verdict comes first.
-- Whoever claims for a phone holds its lock until the commit. These locks are taken before any row's and in order.
create function claim_guarded_collections(intents jsonb, at timestamptz, guard interval)
returns table (ord integer, verdict text, execution_id bigint, free_at timestamptz)
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  refused jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('prompt ' || phone.method || ' ' || phone.account_number, 0))
  from (
    select distinct i.method, i.account_number
    from jsonb_to_recordset(intents) as i (method text, account_number text, wallet_message text)
    where i.account_number is not null and i.wallet_message is null
    order by i.method, i.account_number
  ) phone;

  -- As claim_collections does, and again for nothing then: what is passed on as hopeless here is not claimed there after all.
  perform 1
  from (
    select distinct i.merchant_id, i.source_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, source_id bigint)
  ) i
  join sources s on s.merchant_id = i.merchant_id and s.id = i.source_id
  order by s.merchant_id, s.id
  for no key update of s;

  perform 1
  from (
    select distinct i.merchant_id, i.session_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, session_id bigint)
  ) i
  join sessions s on s.merchant_id = i.merchant_id and s.id = i.session_id
  order by s.merchant_id, s.id
  for no key update of s;

  -- A new statement, hence a snapshot taken after the locks were won.
  select coalesce(jsonb_agg(jsonb_build_object('ord', judged.ord, 'free_at', judged.open_at + guard)), '[]')
  into refused
  from (
    select
      i.ord, open.created_at as open_at,
      row_number() over (partition by i.method, i.account_number order by i.ord) as turn
    from jsonb_to_recordset(intents) as i (
      ord integer, merchant_id bigint, reference_id uuid, session_id bigint, source_id bigint, method text,
      account_number text, wallet_message text
    )
    join sessions session
      on session.merchant_id = i.merchant_id and session.id = i.session_id and session.source_id = i.source_id
      and session.status = 'ACTIVE' and session.expires_at > at
    join sources source
      on source.merchant_id = i.merchant_id and source.id = i.source_id and source.status = 'ACTIVE'
    left join executions known
      on known.merchant_id = i.merchant_id and known.reference_id = i.reference_id
    left join lateral (
      select e.created_at
      from executions e
      where e.account_number = i.account_number and e.method = i.method and e.operation = 'COLLECTION'
        and e.status in ('PENDING', 'PROCESSING') and e.created_at > at - guard
      order by e.created_at desc
      limit 1
    ) open on true
    where i.account_number is not null and i.wallet_message is null and known.id is null
  ) judged
  where judged.open_at is not null or judged.turn > 1;

  return query
  select
    r.ord, case when r.free_at is null then 'again' else 'prompt_open' end, null::bigint, r.free_at
  from jsonb_to_recordset(refused) as r (ord integer, free_at timestamptz)
  union all
  select c.ord, c.verdict, c.execution_id, null::timestamptz
  from claim_collections(
    (
      select coalesce(jsonb_agg(i), '[]')
      from jsonb_array_elements(intents) i
      where not exists (
        select 1
        from jsonb_to_recordset(refused) as r (ord integer)
        where r.ord = (i ->> 'ord')::integer
      )
    ),
    at
  ) c;
end
$$;
