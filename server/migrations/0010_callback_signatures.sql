-- Callbacks are stored with what came of verifying them: only those that may wake somebody do.

alter table provider_callbacks
  add column verification text not null default 'unchecked',
  -- SHA-256 of a valid signature: the same signature again is the same callback, sent or played again.
  add column signature_digest bytea,
  add column is_repeat boolean not null default false,
  add constraint provider_callbacks_verification check (
    verification in (
      'valid', 'unsigned', 'unchecked', 'malformed', 'stale', 'bad_digest', 'bad_signature', 'unknown_key',
      'key_unavailable'
    )
  ),
  add constraint provider_callbacks_signature check ((signature_digest is not null) = (verification = 'valid'));
create index provider_callbacks_signature on provider_callbacks (signature_digest) where signature_digest is not null;

-- Stores what providers posted, and makes the open executions that it may wake due for a look-up at check_at: whoever stored
-- a callback acts on it at once, and a process that dies first is covered by that time. Answers those executions.
--   callbacks: [{ord, provider, provider_reference, headers, body (base64), verification, signature_digest (hex), wakes}]
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
end
$$;
