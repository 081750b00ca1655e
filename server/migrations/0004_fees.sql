-- What a payment costs. Every row is data with a time in force; nothing here needs a restart to change.
create table providers (
  id bigint primary key,
  name text not null,
  constraint providers_name_key unique (name)
);
insert into providers (id, name) values (1, 'PAWAPAY'), (2, 'STRIPE'), (3, 'PLATFORM');

create table fee_tiers (
  id bigint generated always as identity primary key,
  name text not null,
  is_default boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint fee_tiers_name_key unique (name)
);
create unique index fee_tiers_one_default on fee_tiers (is_default) where is_default;

create table merchant_fee_tiers (
  id bigint generated always as identity primary key,
  merchant_id bigint not null references merchants (id),
  tier_id bigint not null references fee_tiers (id),
  assigned_at timestamptz not null,
  assigned_by text,
  constraint merchant_fee_tiers_merchant_key unique (merchant_id)
);

create table platform_fees (
  id bigint generated always as identity primary key,
  tier_id bigint not null references fee_tiers (id),
  operation_type text not null,
  payment_method text,
  percentage numeric(9, 6) not null,
  fixed_minor bigint,
  fixed_currency text,
  fx_percentage numeric(9, 6) not null,
  effective_from timestamptz not null,
  effective_to timestamptz,
  created_at timestamptz not null,
  constraint platform_fees_not_negative check (percentage >= 0 and fx_percentage >= 0 and coalesce(fixed_minor, 0) >= 0),
  constraint platform_fees_fixed_whole check ((fixed_minor is null) = (fixed_currency is null)),
  constraint platform_fees_operation_known check (operation_type in ('COLLECTION', 'PAYOUT', 'TRANSFER', 'REFUND'))
);

create table gateway_fees (
  id bigint generated always as identity primary key,
  provider_id bigint not null references providers (id),
  operation_type text not null,
  payment_method text,
  percentage numeric(9, 6) not null,
  fixed_minor bigint,
  fixed_currency text,
  effective_from timestamptz not null,
  effective_to timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint gateway_fees_not_negative check (percentage >= 0 and coalesce(fixed_minor, 0) >= 0),
  constraint gateway_fees_fixed_whole check ((fixed_minor is null) = (fixed_currency is null)),
  constraint gateway_fees_operation_known check (operation_type in ('COLLECTION', 'PAYOUT', 'TRANSFER', 'REFUND'))
);

-- Units of quote per unit of base. Crosses and inverses are computed exactly from these, never stored.
create table exchange_rates (
  id bigint generated always as identity primary key,
  base_currency text not null,
  quote_currency text not null,
  rate numeric(24, 12) not null,
  source text not null,
  effective_from timestamptz not null,
  created_at timestamptz not null,
  constraint exchange_rates_positive check (rate > 0),
  constraint exchange_rates_two_currencies check (base_currency <> quote_currency)
);
create index exchange_rates_latest on exchange_rates (base_currency, quote_currency, effective_from desc);

-- The values a new installation begins with.
insert into fee_tiers (name, is_default, created_at, updated_at)
values ('default', true, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z');

insert into platform_fees (tier_id, operation_type, percentage, fx_percentage, effective_from, created_at)
select t.id, v.operation_type, v.percentage, 1.0, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'
from fee_tiers t
cross join (values ('COLLECTION', 1.0), ('PAYOUT', 1.0), ('TRANSFER', 0.5), ('REFUND', 0.0)) as v (operation_type, percentage)
where t.name = 'default';

insert into gateway_fees (
  provider_id, operation_type, percentage, fixed_minor, fixed_currency, effective_from, created_at, updated_at
)
values
  (1, 'COLLECTION', 2.0, null, null, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  (1, 'PAYOUT', 1.5, null, null, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  (2, 'COLLECTION', 2.9, 30, 'USD', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  (3, 'PAYOUT', 0, null, null, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  (3, 'TRANSFER', 0, null, null, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  (3, 'REFUND', 0, null, null, '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z');

insert into exchange_rates (base_currency, quote_currency, rate, source, effective_from, created_at)
values
  ('USD', 'LRD', 200, 'seed', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
  ('USD', 'RWF', 1400, 'seed', '2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
