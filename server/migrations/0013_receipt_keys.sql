-- What receipts are signed with, and what their codes are held against.

-- Every key that ever signed a receipt here, so that printed codes stay verifiable. Its id is the first four bytes of the
-- SHA-256 of the public key, in hex.
create table receipt_keys (
  id text primary key,
  public_key bytea not null,
  -- Under the secret of the bearer tokens: see receipts/sealed-key.ts. Null for a key that the environment brought.
  sealed_private_key bytea,
  created_at timestamptz not null,
  -- From then on it signs nothing more; what it signed stays good.
  retired_at timestamptz,
  -- From then on it is no longer published: somebody else may have it.
  withdrawn_at timestamptz,
  constraint receipt_keys_id_form check (id ~ '^[0-9a-f]{8}$'),
  constraint receipt_keys_public_key_length check (octet_length(public_key) = 32),
  constraint receipt_keys_withdrawn_is_retired check (withdrawn_at is null or retired_at is not null)
);

-- What the books say of each receipt now: what was paid, and what of it was given back since.
create view receipt_states as
select
  source.merchant_id, source.id as source_id, source.kind, source.number_year, source.number_counter, source.paid_at,
  merchant.name as merchant_name, e.payer_minor, e.payer_currency, e.method, e.provider_transaction_id,
  refunds.given_back_minor, refunds.under_way_minor
from sources source
join merchants merchant on merchant.id = source.merchant_id
join executions e
  on e.merchant_id = source.merchant_id and e.id = source.paid_by_execution_id
cross join lateral (
  select
    coalesce(sum(r.payee_minor) filter (where r.status = 'COMPLETED'), 0)::bigint as given_back_minor,
    coalesce(sum(r.payee_minor) filter (where r.status in ('PENDING', 'PROCESSING')), 0)::bigint as under_way_minor
  from executions r
  where r.merchant_id = e.merchant_id and r.refunds_execution_id = e.id
) refunds
where source.status = 'PAID';
