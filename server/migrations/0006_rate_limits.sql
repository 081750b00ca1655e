-- How many calls of a minute were handed out to nodes, one row for each caller, used again from minute to minute. Not
-- logged: a crash of the database forgets the count of one minute, and no call waits for a disk.
create unlogged table rate_limits (
  -- Whose calls: `merchant:` and an id, or `address:` and a keyed hash.
  key text primary key,
  -- Whole minutes since 1970, of the clocks of the nodes.
  minute bigint not null,
  granted bigint not null,
  -- What the last node to ask was given of it.
  lease bigint not null,
  constraint rate_limits_lease_granted check (lease between 0 and granted)
) with (fillfactor = 50);
