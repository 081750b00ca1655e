-- What the controls of a sandbox are set to. A live server has these tables and never reads them.

-- For the whole installation, and so one row.
create table sandbox_settings (
  only_row boolean primary key default true,
  -- How far the sandbox's clock is ahead of ours.
  clock_offset_ms bigint not null default 0,
  -- How often it was set: who reads late sets nobody back.
  clock_turn integer not null default 0,
  -- What the faults with a rate are drawn from.
  seed bigint not null default 1,
  -- Another one with every setting of the faults: who counts a call says for which.
  dial integer not null default 0,
  -- The seed of the run that is being recorded, or done again.
  recording bigint,
  replaying bigint,
  constraint sandbox_settings_one_row check (only_row),
  constraint sandbox_settings_clock_ahead check (clock_offset_ms >= 0),
  constraint sandbox_settings_one_run check (recording is null or replaying is null)
);
insert into sandbox_settings default values;

-- In the order in which they are tried: the first that happens is the one.
create table sandbox_faults (
  position integer primary key,
  fault text not null,
  -- How often at most. Null is without end.
  next integer,
  -- How likely. Null is every time.
  rate double precision,
  path text,
  method text,
  delay_ms integer,
  injected integer not null default 0,
  constraint sandbox_faults_next_above_zero check (next > 0),
  constraint sandbox_faults_rate_is_a_share check (rate > 0 and rate <= 1),
  constraint sandbox_faults_within_next check (injected <= next)
);

-- How often each operation was called since the faults were set.
create table sandbox_calls (
  operation text primary key,
  calls integer not null
);

create table sandbox_recordings (
  seed bigint primary key,
  faults jsonb not null,
  started_at timestamptz not null
);

-- The how many-eth call of its operation each was, and what was done to it.
create table sandbox_recorded_calls (
  seed bigint not null references sandbox_recordings on delete cascade,
  operation text not null,
  nth integer not null,
  id bigint generated always as identity,
  at timestamptz not null,
  reference_id text,
  fault text,
  delay_ms integer,
  status integer not null,
  primary key (seed, operation, nth)
);

-- Forgets all that ever happened in a sandbox, and keeps who may call, what things cost and what it is set to: the tables
-- named here. All others are emptied, those of later migrations too, except for those of one row, which say how far somebody
-- has come: ids go on from where they were.
create function reset_sandbox() returns void
language plpgsql
as $$
declare
  kept constant text[] := array[
    'schema_migrations', 'server_settings', 'merchants', 'api_keys', 'passcodes', 'providers', 'fee_tiers',
    'merchant_fee_tiers', 'platform_fees', 'gateway_fees', 'exchange_rates', 'receipt_keys',
    'sandbox_faults', 'sandbox_calls', 'sandbox_recordings', 'sandbox_recorded_calls'
  ];
  wiped oid[];
  names text;
  bonds text[];
  each record;
begin
  if not exists (select from server_settings where name = 'mode' and value = 'sandbox') then
    raise exception 'only a sandbox forgets' using errcode = 'restrict_violation', constraint = 'sandbox_only';
  end if;
  select array_agg(c.oid), string_agg(c.oid::regclass::text, ', ' order by c.oid)
  into wiped, names
  from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname <> all (kept)
    and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'only_row');
  update merchants set self_party_id = null where self_party_id is not null;
  -- What is emptied must not be referred to, not even by columns that are null.
  bonds := '{}';
  for each in
    select conrelid::regclass::text as holder, conname, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and confrelid = any (wiped) and conrelid <> all (wiped)
  loop
    execute format('alter table %s drop constraint %I', each.holder, each.conname);
    bonds := bonds || format('alter table %s add constraint %I %s', each.holder, each.conname, each.definition);
  end loop;
  -- Books that cannot be changed can be closed.
  for each in select t::regclass::text as name from unnest(wiped) as t loop
    execute format('alter table %s disable trigger user', each.name);
  end loop;
  execute format('truncate %s', names);
  for each in select t::regclass::text as name from unnest(wiped) as t loop
    execute format('alter table %s enable trigger user', each.name);
  end loop;
  for each in select statement from unnest(bonds) as statement loop
    execute each.statement;
  end loop;
end
$$;
