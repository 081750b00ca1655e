-- Contacts, and the invoices and orders billed to them. One table holds both kinds of document: they share one lifecycle.
create table parties (
  merchant_id bigint not null references merchants (id),
  id bigint generated always as identity,
  fullname text not null,
  phone text,
  email text,
  country_code text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id)
);

alter table ledger_accounts add constraint ledger_accounts_party_known
  foreign key (merchant_id, party_id) references parties (merchant_id, id);

-- The merchant as a party of its own: what a SELF counterparty stands for.
alter table merchants add column self_party_id bigint;
alter table merchants add constraint merchants_self_party
  foreign key (id, self_party_id) references parties (merchant_id, id);

create table counterparties (
  merchant_id bigint not null,
  id bigint generated always as identity,
  party_id bigint not null,
  relationship_type text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  constraint counterparties_party foreign key (merchant_id, party_id) references parties (merchant_id, id)
);
create index counterparties_party on counterparties (merchant_id, party_id);

create table source_counters (
  merchant_id bigint not null references merchants (id),
  kind text not null,
  year integer not null,
  last_value bigint not null,
  primary key (merchant_id, kind, year)
);

create table sources (
  merchant_id bigint not null,
  id bigint generated always as identity,
  kind text not null,
  number_year integer not null,
  number_counter bigint not null,
  counterparty_id bigint not null,
  currency text not null,
  total_minor bigint not null default 0,
  status text not null default 'IDLE',
  note text not null,
  fee_bearer text not null,
  due_date timestamptz,
  as_payment_link boolean not null,
  reference_id text,
  paid_at timestamptz,
  paid_by_execution_id bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (id, merchant_id),
  constraint sources_number_key unique (merchant_id, kind, number_year, number_counter),
  constraint sources_counterparty foreign key (merchant_id, counterparty_id) references counterparties (merchant_id, id),
  constraint sources_kind_known check (kind in ('INVOICE', 'ORDER')),
  constraint sources_status_known check (status in ('IDLE', 'ACTIVE', 'PROCESSING', 'PAID', 'CANCELED')),
  constraint sources_fee_bearer_known check (fee_bearer in ('PAYER', 'PAYEE')),
  constraint sources_total_not_negative check (total_minor >= 0),
  constraint sources_paid check ((status = 'PAID') = (paid_at is not null and paid_by_execution_id is not null))
) with (fillfactor = 70);
create index sources_kind on sources (merchant_id, kind, id desc);

create table source_items (
  merchant_id bigint not null,
  id bigint generated always as identity,
  source_id bigint not null,
  name text not null,
  qty bigint not null,
  unit_minor bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  constraint source_items_source foreign key (merchant_id, source_id) references sources (merchant_id, id),
  constraint source_items_qty_positive check (qty >= 1),
  constraint source_items_unit_positive check (unit_minor >= 1)
);
create index source_items_source on source_items (merchant_id, source_id, id);
