-- Cards: who may take them, what is known of those that were looked up, and payments that wait for their cardholder.

alter table merchants add column cards_allowed boolean not null default false;

-- Cards by the tokens of their network, from the look-up to the account that binds them. Never a number.
create table card_tokens (
  merchant_id bigint not null references merchants (id),
  id bigint generated always as identity,
  token text not null,
  -- As the caller wrote it, which a test token's answer may spell otherwise.
  named text not null,
  brand text not null,
  last_digits text not null,
  billing_name text,
  payment_account_id bigint,
  looked_up_at timestamptz not null,
  -- When it was first charged, whatever came of it: a token pays once.
  used_at timestamptz,
  primary key (id, merchant_id),
  constraint card_tokens_token_key unique (token, merchant_id),
  constraint card_tokens_account foreign key (merchant_id, payment_account_id) references payment_accounts (merchant_id, id),
  constraint card_tokens_token_form check (token ~ '^pm_[A-Za-z0-9_]+$')
);
create index card_tokens_unbound on card_tokens (merchant_id, looked_up_at) where payment_account_id is null;

-- What a card network is asked to send the cardholder back to: part of the question, which must stay the same.
alter table executions add column return_url text;
-- However claims are made: a card's token pays once.
create unique index executions_card_once on executions (account_number, merchant_id)
  where provider = 'STRIPE' and operation = 'COLLECTION';

-- As before, with the address to return to.
create or replace function claim_collections(intents jsonb, at timestamptz)
returns table (ord integer, verdict text, execution_id bigint)
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  -- Sources before sessions, each in id order, like every step that locks both: otherwise two steps could deadlock. No key
  -- changes, and saying so lets new sessions point at a source meanwhile.
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
  return query
  with intent as (
    select *
    from jsonb_to_recordset(intents) as i (
      ord integer, merchant_id bigint, reference_id uuid, fingerprint text, session_id bigint, source_id bigint,
      payment_account_id bigint, provider text, method text, provider_reference uuid, account_number text, return_url text,
      note text, payer_minor bigint, payer_currency text, payee_minor bigint, payee_currency text,
      platform_fee_minor bigint, gateway_fee_minor bigint, fx_fee_minor bigint, fee_currency text,
      fx_rate_numerator numeric, fx_rate_denominator numeric, wallet_message text, next_check_at timestamptz
    )
  ),
  judged as (
    select
      i.*,
      known.id as known_id,
      case
        when known.fingerprint = decode(i.fingerprint, 'hex') then 'replayed'
        when known.id is not null then 'reference_reused'
        when row_number() over (partition by i.merchant_id, i.source_id order by i.ord) > 1 then 'again'
        when row_number() over (partition by i.merchant_id, i.reference_id order by i.ord) > 1 then 'again'
        when session.id is null or source.id is null then 'session_not_found'
        when session.status in ('PROCESSING', 'COMPLETED', 'FAILED') then 'session_not_active'
        when source.status <> 'ACTIVE' then 'source_not_active'
        when session.status <> 'ACTIVE' or session.expires_at <= at then 'session_expired'
        else 'claimed'
      end as verdict
    from intent i
    left join executions known
      on known.merchant_id = i.merchant_id and known.reference_id = i.reference_id
    left join sessions session
      on session.merchant_id = i.merchant_id and session.id = i.session_id and session.source_id = i.source_id
    left join sources source
      on source.merchant_id = i.merchant_id and source.id = i.source_id
  ),
  claimed as (
    insert into executions (
      merchant_id, reference_id, fingerprint, operation, status, session_id, source_id, payment_account_id,
      provider, method, provider_reference, account_number, return_url, note, payer_minor, payer_currency, payee_minor,
      payee_currency, platform_fee_minor, gateway_fee_minor, fx_fee_minor, fee_currency, fx_rate_numerator, fx_rate_denominator,
      wallet_message, next_check_at, created_at, updated_at
    )
    select
      j.merchant_id, j.reference_id, decode(j.fingerprint, 'hex'), 'COLLECTION',
      case when j.wallet_message is null then 'PENDING' else 'FAILED' end, j.session_id, j.source_id,
      j.payment_account_id, j.provider, j.method, j.provider_reference, j.account_number, j.return_url, j.note, j.payer_minor,
      j.payer_currency, j.payee_minor,
      j.payee_currency, j.platform_fee_minor, j.gateway_fee_minor, j.fx_fee_minor, j.fee_currency, j.fx_rate_numerator,
      j.fx_rate_denominator, j.wallet_message, case when j.wallet_message is null then j.next_check_at end, at, at
    from judged j
    where j.verdict = 'claimed'
    -- In reference order: two calls that claim the same references on different sessions wait in line, not in a ring.
    order by j.merchant_id, j.reference_id
    on conflict on constraint executions_reference_key do nothing
    returning id, merchant_id, reference_id, status, session_id, source_id, payment_account_id, provider, account_number
  ),
  used_sessions as (
    update sessions s
    set
      status = case when c.status = 'FAILED' then 'FAILED' else 'PROCESSING' end,
      payment_account_id = c.payment_account_id,
      updated_at = at
    from claimed c
    where s.merchant_id = c.merchant_id and s.id = c.session_id
  ),
  used_cards as (
    update card_tokens t
    set used_at = at
    from claimed c
    where c.provider = 'STRIPE' and t.merchant_id = c.merchant_id and t.token = c.account_number
  ),
  busy_sources as (
    update sources s
    set status = 'PROCESSING', updated_at = at
    from claimed c
    where s.merchant_id = c.merchant_id and s.id = c.source_id and c.status <> 'FAILED'
  )
  select
    j.ord,
    case
      when j.verdict <> 'claimed' then j.verdict
      when c.id is null then 'again'
      when c.status = 'FAILED' then 'failed'
      else 'claimed'
    end,
    coalesce(c.id, j.known_id)
  from judged j
  left join claimed c
    on c.merchant_id = j.merchant_id and c.reference_id = j.reference_id and j.verdict = 'claimed';
end
$$;

-- As before; also tells when a payment waits for its payer, and when not any more. An outcome with a turn counts only while
-- nobody has taken a check of its execution since.
--   outcomes: [{ord, merchant_id, execution_id, status, from, requires_action, provider_transaction_id, gateway_message,
--               failure_code, retry_not_before, next_check_at, turn}]
create or replace function record_outcomes(outcomes jsonb, at timestamptz)
returns table (ord integer, verdict text, status text)
language plpgsql
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  changed executions[];
  settled executions[];
begin
  perform 1
  from (
    select distinct o.merchant_id, o.execution_id
    from jsonb_to_recordset(outcomes) as o (merchant_id bigint, execution_id bigint)
  ) o
  join executions e on e.merchant_id = o.merchant_id and e.id = o.execution_id
  order by e.merchant_id, e.id
  for no key update of e;

  with outcome as (
    select distinct on (o.merchant_id, o.execution_id) o.*
    from jsonb_to_recordset(outcomes) as o (
      ord integer, merchant_id bigint, execution_id bigint, status text, "from" text[], requires_action boolean,
      provider_transaction_id text, gateway_message text, failure_code text, retry_not_before timestamptz,
      next_check_at timestamptz, turn integer
    )
    order by o.merchant_id, o.execution_id, o.ord
  ),
  applied as (
    update executions e
    set
      status = o.status,
      requires_action = o.status = 'PROCESSING' and coalesce(o.requires_action, false),
      provider_transaction_id = coalesce(o.provider_transaction_id, e.provider_transaction_id),
      gateway_message = coalesce(o.gateway_message, e.gateway_message),
      failure_code = o.failure_code,
      retry_not_before = o.retry_not_before,
      confirmed_at = case when o.status = 'COMPLETED' then at end,
      next_check_at = o.next_check_at,
      updated_at = at
    from outcome o
    where e.merchant_id = o.merchant_id and e.id = o.execution_id and (o.turn is null or o.turn = e.check_count) and (
        e.status = any (o."from")
        -- Its payer was asked to do something, or has done it.
        or (
          e.status = 'PROCESSING' and o.status = 'PROCESSING' and e.requires_action <> coalesce(o.requires_action, false)
        )
      )
    returning e.*
  )
  select
    coalesce(array_agg(row(a.*)::executions), '{}'),
    coalesce(array_agg(row(a.*)::executions) filter (where a.status in ('COMPLETED', 'FAILED')), '{}')
  into changed, settled
  from applied a;

  if cardinality(settled) > 0 then
    perform 1
    from unnest(settled) c
    join sources s on s.merchant_id = c.merchant_id and s.id = c.source_id
    order by s.merchant_id, s.id
    for no key update of s;

    update sources s
    set
      status = case when c.status = 'COMPLETED' then 'PAID' else 'ACTIVE' end,
      paid_at = case when c.status = 'COMPLETED' then at end,
      paid_by_execution_id = case when c.status = 'COMPLETED' then c.id end,
      updated_at = at
    from unnest(settled) c
    where s.merchant_id = c.merchant_id and s.id = c.source_id;

    perform 1
    from unnest(settled) c
    join sessions s on s.merchant_id = c.merchant_id and s.id = c.session_id
    order by s.merchant_id, s.id
    for no key update of s;

    update sessions s
    set status = c.status, updated_at = at
    from unnest(settled) c
    where s.merchant_id = c.merchant_id and s.id = c.session_id;

    perform book_executions(settled, at);
  end if;

  return query
  select
    o.ord,
    case
      when e.id is null then 'unknown_execution'
      when row_number() over (partition by o.merchant_id, o.execution_id order by o.ord) > 1 then 'again'
      when exists (select 1 from unnest(changed) c where c.merchant_id = e.merchant_id and c.id = e.id) then 'applied'
      when e.status = o.status then 'repeated'
      when o.status in ('COMPLETED', 'FAILED') and e.status in ('COMPLETED', 'FAILED') then 'contradicted'
      else 'stale'
    end,
    e.status
  from jsonb_to_recordset(outcomes) as o (ord integer, merchant_id bigint, execution_id bigint, status text)
  left join executions e on e.merchant_id = o.merchant_id and e.id = o.execution_id;
end
$$;
