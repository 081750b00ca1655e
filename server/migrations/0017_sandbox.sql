-- What the controls of a sandbox are set to. A live server has these tables and never reads them.

-- For the whole installation, and so one row.
create table sandbox_settings (
  singleton boolean primary key default true,
  -- How far the sandbox's clock is ahead of ours.
  clock_offset_ms bigint not null default 0,
  -- What the faults with a rate are drawn from.
  seed bigint not null default 1,
  -- Another one with every setting of the faults: who counts a call says for which.
  dial integer not null default 0,
  -- The seed of the run that is being recorded, or done again.
  recording bigint,
  replaying bigint,
  constraint sandbox_settings_one_row check (singleton),
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
