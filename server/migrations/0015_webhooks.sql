-- Webhooks: where merchants want to hear of their events, what they have been sent, and what came back.

create table webhook_endpoints (
  merchant_id bigint not null references merchants (id),
  id bigint generated always as identity,
  url text not null,
  -- Types of events, 'payment.*' and '*' among them.
  events text[] not null,
  description text,
  status text not null,
  -- Why it is disabled, for people.
  disabled_reason text,
  -- What signs, sealed under the secret of the bearer tokens: see platform/sealed-bytes.ts.
  sealed_secret bytea not null,
  -- The one before it, which signs, too, until the given time.
  former_sealed_secret bytea,
  former_secret_until timestamptz,
  -- When the first of the attempts began that all failed, up to the latest. Null after one that did not.
  failing_since timestamptz,
  -- A deleted one is answered nowhere and stays for the sake of what refers to it.
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (id, merchant_id),
  constraint webhook_endpoints_status_known check (status in ('ENABLED', 'DISABLED')),
  constraint webhook_endpoints_disabled_why check ((status = 'DISABLED') = (disabled_reason is not null)),
  constraint webhook_endpoints_deleted_is_disabled check (deleted_at is null or status = 'DISABLED'),
  constraint webhook_endpoints_former check ((former_sealed_secret is null) = (former_secret_until is null)),
  constraint webhook_endpoints_hears_something check (cardinality(events) > 0)
);
create index webhook_endpoints_of_merchant on webhook_endpoints (merchant_id, id) where deleted_at is null;

-- One event for one endpoint. Sent until it is received or given up.
create table webhook_deliveries (
  merchant_id bigint not null,
  id bigint generated always as identity,
  endpoint_id bigint not null,
  event_id bigint not null,
  -- What is delivered in the order of its events: those of one document, or else of one subject. Of such a line only the first
  -- that is PENDING is ever sent.
  line text not null,
  status text not null,
  -- How often it was handed out since it became PENDING, and how many of those times it was sent and not received: whoever died
  -- with it in hand says nothing about its receiver.
  attempts integer not null default 0,
  failures integer not null default 0,
  first_attempt_at timestamptz,
  -- When it is sent next. Null for one that waits behind another in its line, and for one that is sent no more.
  next_attempt_at timestamptz,
  -- Whether somebody is sending it, or died while sending it: then it is sent next when that claim ends.
  in_hand boolean not null default false,
  delivered_at timestamptz,
  created_at timestamptz not null,
  primary key (id, merchant_id),
  constraint webhook_deliveries_once unique (endpoint_id, event_id, merchant_id),
  constraint webhook_deliveries_endpoint foreign key (merchant_id, endpoint_id) references webhook_endpoints (merchant_id, id),
  constraint webhook_deliveries_status_known check (status in ('PENDING', 'DELIVERED', 'FAILED')),
  constraint webhook_deliveries_sent_while_pending check (status = 'PENDING' or (next_attempt_at is null and not in_hand)),
  constraint webhook_deliveries_delivered check ((status = 'DELIVERED') = (delivered_at is not null))
);
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_attempt_at, event_id)
  where next_attempt_at is not null;
create index webhook_deliveries_in_line on webhook_deliveries (endpoint_id, line, event_id) where status = 'PENDING';
create index webhook_deliveries_of_endpoint on webhook_deliveries (endpoint_id, id);

-- Each time one was sent, and what came back.
create table webhook_attempts (
  merchant_id bigint not null,
  delivery_id bigint not null,
  id bigint generated always as identity,
  at timestamptz not null,
  duration_ms integer not null,
  -- The HTTP status. Null when no answer came.
  status integer,
  -- What was wrong, in a word. Null for an answer that says received.
  error text,
  -- How the answer begins.
  answer text,
  primary key (delivery_id, id, merchant_id),
  constraint webhook_attempts_delivery foreign key (merchant_id, delivery_id) references webhook_deliveries (merchant_id, id)
    on delete cascade
);

-- What merchants are shown of deliveries.
create view webhook_delivery_log as
select
  d.merchant_id, d.id, d.endpoint_id, d.event_id, e.type as event_type, d.status, d.next_attempt_at, d.delivered_at, d.created_at
from webhook_deliveries d
join events e on e.merchant_id = d.merchant_id and e.id = d.event_id;

-- Up to which event deliveries were made of events.
create table webhook_relay (
  only_row boolean primary key default true,
  fanned_out_id bigint not null,
  constraint webhook_relay_one_row check (only_row)
);
insert into webhook_relay (fanned_out_id) values (0);

-- Locks: the relay before endpoints, endpoints in id order before their deliveries. Only `claim_webhook_deliveries` begins with
-- deliveries, and it waits for nothing.

create function webhook_line(source_id bigint, subject text, subject_id bigint) returns text
language sql immutable as $$
  select coalesce('source:' || source_id, subject || ':' || subject_id)
$$;

create function webhook_wanted(events text[], type text) returns boolean
language sql immutable as $$
  select events && array['*', type, split_part(type, '.', 1) || '.*']
$$;

-- Makes deliveries of the next events that are settled, for the enabled endpoints that want them, and answers whether there may
-- be more. Looked up merchant by merchant: events need no index by id alone for this.
create function fan_out_webhooks(most integer, asked_at timestamptz) returns boolean
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  reached bigint;
  settled bigint;
  up_to bigint;
begin
  select r.fanned_out_id into reached from webhook_relay r for update skip locked;
  if not found then
    return false;
  end if;
  select h.settled_id into settled from event_horizon h;
  if settled <= reached then
    return false;
  end if;
  up_to := least(settled, reached + most);

  -- Whoever disables an endpoint gives up what is pending there: held, none can come after that.
  perform 1
  from webhook_endpoints w
  where w.status = 'ENABLED' and exists (
    select 1 from events e where e.merchant_id = w.merchant_id and e.id > reached and e.id <= up_to
  )
  order by w.id
  for share of w;

  insert into webhook_deliveries (merchant_id, endpoint_id, event_id, line, status, next_attempt_at, created_at)
  select
    wanted.merchant_id, wanted.endpoint_id, wanted.event_id, wanted.line, 'PENDING',
    case when row_number() over (partition by wanted.endpoint_id, wanted.line order by wanted.event_id) = 1 then asked_at end,
    asked_at
  from (
    select w.merchant_id, w.id as endpoint_id, e.id as event_id, webhook_line(e.source_id, e.subject, e.subject_id) as line
    from webhook_endpoints w
    join events e on e.merchant_id = w.merchant_id and e.id > reached and e.id <= up_to
    where w.status = 'ENABLED'
      and webhook_wanted(w.events, e.type)
      -- Asked for again before it was due the first time.
      and not exists (
        select 1
        from webhook_deliveries known
        where known.merchant_id = w.merchant_id and known.endpoint_id = w.id and known.event_id = e.id
      )
  ) wanted
  order by wanted.event_id, wanted.endpoint_id;

  update webhook_relay set fanned_out_id = up_to;
  return up_to < settled;
end
$$;

-- Hands out what is due, first of its line, to be sent now, with what follows in its line, to be sent one after the other as
-- long as each is received. Should whoever asked never say what came of it, it is due again at `claimed_until`.
--   busy: [{endpoint_id, in_flight}], how many lines the caller has in hand already
-- Of one endpoint at most `most_each` lines are in hand at a time, and `most_failing` while all it does is fail. Of one line at
-- most `most_run`, and only one while the endpoint fails.
create function claim_webhook_deliveries(
  busy jsonb, most integer, most_each integer, most_failing integer, most_run integer, asked_at timestamptz,
  claimed_until timestamptz
)
returns table (
  merchant_id bigint, id bigint, endpoint_id bigint, line text, event_id bigint, attempt integer, failures integer,
  first_attempt_at timestamptz, url text, sealed_secret bytea, former_sealed_secret bytea
)
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  firsts bigint[];
  followers bigint[];
  before_them bigint[];
  runs bigint[];
begin
  with room as (
    select
      w.merchant_id, w.id,
      greatest(0, case when w.failing_since is null then most_each else most_failing end - coalesce(b.in_flight, 0)) as room
    from webhook_endpoints w
    left join jsonb_to_recordset(busy) as b (endpoint_id bigint, in_flight integer) on b.endpoint_id = w.id
    where w.status = 'ENABLED'
  ),
  due as materialized (
    select d.*, w.room
    from room w
    cross join lateral (
      select d.merchant_id, d.id, d.endpoint_id, d.event_id, d.line, d.failures, d.next_attempt_at
      from webhook_deliveries d
      where d.endpoint_id = w.id and d.merchant_id = w.merchant_id and d.next_attempt_at <= asked_at
      order by d.next_attempt_at, d.event_id
      -- Some of them turn out to wait for another.
      limit w.room * 4
      for update skip locked
    ) d
    where w.room > 0
  ),
  judged as (
    select due.*, earlier.id as before_id
    from due
    left join lateral (
      select earlier.id
      from webhook_deliveries earlier
      where earlier.endpoint_id = due.endpoint_id
        and earlier.line = due.line
        and earlier.status = 'PENDING'
        and earlier.event_id < due.event_id
      order by earlier.event_id desc
      limit 1
    ) earlier on true
  ),
  first as (
    select
      j.id, j.room, j.failures, j.next_attempt_at, j.event_id,
      row_number() over (partition by j.endpoint_id order by j.next_attempt_at, j.event_id) as place
    from judged j
    where j.before_id is null
  ),
  chosen as (
    -- What never failed goes before what did.
    select array_agg(f.id) as ids
    from (
      select f.id from first f where f.place <= f.room order by f.failures, f.next_attempt_at, f.event_id limit most
    ) f
  )
  select
    c.ids,
    (select array_agg(j.id) from judged j where j.before_id is not null),
    (select array_agg(j.before_id) from judged j where j.before_id is not null)
  into firsts, followers, before_them
  from chosen c;

  -- As far as nobody else holds one of them or has it in hand: what is sent past it would be out of line.
  with next as materialized (
    select f.id as first_id, n.id, row_number() over (partition by f.id order by n.event_id) as place
    from webhook_deliveries f
    join webhook_endpoints w on w.merchant_id = f.merchant_id and w.id = f.endpoint_id and w.failing_since is null
    cross join lateral (
      select n.id, n.event_id
      from webhook_deliveries n
      where n.endpoint_id = f.endpoint_id and n.line = f.line and n.status = 'PENDING' and n.event_id > f.event_id
      order by n.event_id
      limit most_run - 1
    ) n
    where f.id = any (firsts)
  ),
  held as materialized (
    select d.id
    from webhook_deliveries d
    where d.id in (select n.id from next n) and d.status = 'PENDING' and not d.in_hand
    for update skip locked
  )
  select array_agg(n.id) into runs
  from next n
  where not exists (
    select 1
    from next before
    where before.first_id = n.first_id and before.place <= n.place and before.id not in (select h.id from held h)
  );

  -- They wait for whoever finishes the one before them (`record_webhook_attempts`), whose row is held until that is written
  -- down. One that somebody else holds may be finished this very moment: the next round judges again.
  with before as (
    select b.id
    from webhook_deliveries b
    where b.id = any (before_them) and b.status = 'PENDING'
    for update skip locked
  )
  update webhook_deliveries d
  set next_attempt_at = null
  from unnest(followers, before_them) as f (id, before_id)
  join before on before.id = f.before_id
  where d.id = f.id and (runs is null or d.id <> all (runs));

  return query
  update webhook_deliveries d
  set
    attempts = d.attempts + 1,
    first_attempt_at = coalesce(d.first_attempt_at, asked_at),
    next_attempt_at = claimed_until,
    in_hand = true
  from webhook_endpoints w
  where d.id = any (firsts || runs) and w.merchant_id = d.merchant_id and w.id = d.endpoint_id
  returning
    d.merchant_id, d.id, d.endpoint_id, d.line, d.event_id, d.attempts, d.failures, d.first_attempt_at,
    w.url, w.sealed_secret,
    case when w.former_secret_until > asked_at then w.former_sealed_secret end;
end
$$;

-- Writes down what came of attempts, and answers whether somebody may now be sent what waited.
--   sent: [{merchant_id, delivery_id, endpoint_id, attempt, began_at, duration_ms, status, error, answer, received, gone,
--           next_attempt_at}]
-- One that is not received is tried again at `next_attempt_at`, or given up when that is null. An endpoint is disabled that is
-- `gone`, or that has done nothing but fail for `patience`.
create function record_webhook_attempts(sent jsonb, asked_at timestamptz, patience interval)
returns boolean
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  finished bigint[];
  recovered bigint[];
  waited boolean;
begin
  perform 1
  from webhook_endpoints w
  where w.id in (select a.endpoint_id from jsonb_to_recordset(sent) as a (endpoint_id bigint))
  order by w.id
  for no key update of w;

  insert into webhook_attempts (merchant_id, delivery_id, at, duration_ms, status, error, answer)
  select a.merchant_id, a.delivery_id, a.began_at, a.duration_ms, a.status, a.error, a.answer
  from jsonb_to_recordset(sent) as a (
    merchant_id bigint, delivery_id bigint, began_at timestamptz, duration_ms integer, status integer, error text, answer text
  )
  join webhook_deliveries d on d.merchant_id = a.merchant_id and d.id = a.delivery_id;

  -- A late word that it was received is true all the same; that it was not concerns nobody once another attempt was begun.
  with recorded as (
    update webhook_deliveries d
    set
      failures = d.failures + case when a.received then 0 else 1 end,
      status = case when a.received then 'DELIVERED' when a.next_attempt_at is null then 'FAILED' else 'PENDING' end,
      delivered_at = case when a.received then asked_at end,
      next_attempt_at = case when not a.received then a.next_attempt_at end,
      in_hand = false
    from jsonb_to_recordset(sent) as a (
      merchant_id bigint, delivery_id bigint, attempt integer, received boolean, next_attempt_at timestamptz
    )
    where d.merchant_id = a.merchant_id
      and d.id = a.delivery_id
      and case when a.received then d.status <> 'DELIVERED' else d.status = 'PENDING' and d.attempts = a.attempt end
    returning d.id, d.status
  )
  select array_agg(r.id) into finished from recorded r where r.status <> 'PENDING';

  -- A statement of its own, which sees who began to wait before the rows above were held.
  update webhook_deliveries d
  set next_attempt_at = asked_at
  from (
    select distinct follower.merchant_id, follower.id
    from webhook_deliveries f
    cross join lateral (
      select n.merchant_id, n.id
      from webhook_deliveries n
      where n.endpoint_id = f.endpoint_id and n.line = f.line and n.status = 'PENDING' and n.event_id > f.event_id
      order by n.event_id
      limit 1
    ) follower
    where f.id = any (finished)
  ) follower
  where d.merchant_id = follower.merchant_id and d.id = follower.id and d.status = 'PENDING' and d.next_attempt_at is null;
  waited := found;

  select array_agg(w.id) into recovered
  from webhook_endpoints w
  where w.failing_since is not null
    and w.id in (
      select a.endpoint_id from jsonb_to_recordset(sent) as a (endpoint_id bigint, received boolean) where a.received
    );

  -- Back after a while: what was put off for hours need not wait for them.
  update webhook_deliveries d
  set next_attempt_at = asked_at
  from webhook_endpoints w
  where w.id = any (recovered)
    and w.failing_since <= asked_at - interval '5 minutes'
    and d.merchant_id = w.merchant_id
    and d.endpoint_id = w.id
    and d.next_attempt_at > asked_at
    and not d.in_hand;
  waited := waited or found;

  update webhook_endpoints w set failing_since = null where w.id = any (recovered);

  with failed as (
    select a.endpoint_id, min(a.began_at) as first_at, max(a.began_at) as last_at, bool_or(a.gone) as gone
    from jsonb_to_recordset(sent) as a (endpoint_id bigint, began_at timestamptz, received boolean, gone boolean)
    group by a.endpoint_id
    having not bool_or(a.received) or bool_or(a.gone)
  )
  update webhook_endpoints w
  set
    failing_since = coalesce(w.failing_since, f.first_at),
    status = case when f.gone or w.failing_since <= f.last_at - patience then 'DISABLED' else w.status end,
    disabled_reason = case
      when f.gone then 'It answered 410 Gone.'
      when w.failing_since <= f.last_at - patience then 'It received nothing for three days.'
    end,
    updated_at = case when f.gone or w.failing_since <= f.last_at - patience then asked_at else w.updated_at end
  from failed f
  where w.id = f.endpoint_id
    and w.status = 'ENABLED'
    and (w.failing_since is null or f.gone or w.failing_since <= f.last_at - patience);
  return waited;
end
$$;

-- Puts back what was in hand and not sent, as if it had not been claimed.
--   claimed: [{merchant_id, delivery_id, attempt}]
create function release_webhook_deliveries(claimed jsonb, asked_at timestamptz) returns void
language sql
set enable_seqscan = off as $$
  update webhook_deliveries d
  set
    attempts = d.attempts - 1,
    first_attempt_at = case when d.attempts > 1 then d.first_attempt_at end,
    next_attempt_at = asked_at,
    in_hand = false
  from jsonb_to_recordset(claimed) as c (merchant_id bigint, delivery_id bigint, attempt integer)
  where d.merchant_id = c.merchant_id and d.id = c.delivery_id and d.attempts = c.attempt and d.in_hand
$$;

-- Makes events due once more, in their order: those that are `wanted` between two ids, or the one named. Answers how many, and
-- the last of them when there may be more.
create function redeliver_webhooks(
  merchant bigint, endpoint bigint, only_id bigint, after_id bigint, until_id bigint, most integer, asked_at timestamptz
)
returns table (taken integer, last_id bigint)
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  chosen bigint[];
begin
  perform 1 from webhook_endpoints w where w.merchant_id = merchant and w.id = endpoint for no key update;

  select array_agg(e.id order by e.id) into chosen
  from (
    select e.id
    from event_horizon h, webhook_endpoints w
    join events e on e.merchant_id = w.merchant_id
    where w.merchant_id = merchant
      and w.id = endpoint
      and e.id <= h.settled_id
      and case
        when only_id is null then e.id > after_id and e.id <= until_id and webhook_wanted(w.events, e.type)
        else e.id = only_id
      end
    order by e.id
    limit most
  ) e;

  insert into webhook_deliveries as d (merchant_id, endpoint_id, event_id, line, status, next_attempt_at, created_at)
  select e.merchant_id, endpoint, e.id, webhook_line(e.source_id, e.subject, e.subject_id), 'PENDING', asked_at, asked_at
  from events e
  where e.merchant_id = merchant and e.id = any (chosen)
  order by e.id
  on conflict on constraint webhook_deliveries_once do update
  set
    status = 'PENDING', attempts = 0, failures = 0, first_attempt_at = null, delivered_at = null, next_attempt_at = asked_at
  where d.status <> 'PENDING';

  -- What is put off for later; not what is in hand, nor what waits for another.
  update webhook_deliveries d
  set next_attempt_at = asked_at
  where d.merchant_id = merchant
    and d.endpoint_id = endpoint
    and d.event_id = any (chosen)
    and d.next_attempt_at > asked_at
    and not d.in_hand;

  return query
  select coalesce(cardinality(chosen), 0), case when cardinality(chosen) = most then chosen[most] end;
end
$$;

-- However an endpoint is disabled: nothing is pending there any more, and its merchant is told.
create function leave_webhook_endpoint() returns trigger
language plpgsql
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  update webhook_deliveries d
  set status = 'FAILED', next_attempt_at = null, in_hand = false
  where d.merchant_id = new.merchant_id and d.endpoint_id = new.id and d.status = 'PENDING';

  if new.deleted_at is null then
    insert into events (merchant_id, subject, subject_id, sequence, type, status, data, at)
    select
      new.merchant_id, 'webhook_endpoint', new.id, coalesce(max(e.sequence), 0) + 1, 'webhook_endpoint.disabled', new.status,
      jsonb_build_object('url', new.url, 'disabled_reason', new.disabled_reason), new.updated_at
    from events e
    where e.subject_id = new.id and e.subject = 'webhook_endpoint' and e.merchant_id = new.merchant_id;
  end if;
  return null;
end
$$;
create trigger webhook_endpoints_left
  after update of status on webhook_endpoints
  for each row when (old.status = 'ENABLED' and new.status = 'DISABLED') execute function leave_webhook_endpoint();
