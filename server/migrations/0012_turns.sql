-- As before; an outcome with a turn counts only while nobody has taken a check of its execution since.
--   outcomes: [{ord, merchant_id, execution_id, status, from, provider_transaction_id, gateway_message, failure_code,
--               retry_not_before, next_check_at, turn}]
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
      ord integer, merchant_id bigint, execution_id bigint, status text, "from" text[],
      provider_transaction_id text, gateway_message text, failure_code text, retry_not_before timestamptz,
      next_check_at timestamptz, turn integer
    )
    order by o.merchant_id, o.execution_id, o.ord
  ),
  applied as (
    update executions e
    set
      status = o.status,
      provider_transaction_id = coalesce(o.provider_transaction_id, e.provider_transaction_id),
      gateway_message = coalesce(o.gateway_message, e.gateway_message),
      failure_code = o.failure_code,
      retry_not_before = o.retry_not_before,
      confirmed_at = case when o.status = 'COMPLETED' then at end,
      next_check_at = o.next_check_at,
      updated_at = at
    from outcome o
    where e.merchant_id = o.merchant_id and e.id = o.execution_id and e.status = any (o."from")
      and (o.turn is null or o.turn = e.check_count)
    returning e.*
  ),
  noted as (
    insert into execution_events (merchant_id, execution_id, status, gateway_message, at)
    select a.merchant_id, a.id, a.status, a.gateway_message, at
    from applied a
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
