-- Links to hosted pages, and documents made by one call together with their payer.
-- A checkout knows its payer by phone: the oldest party with it.
create index parties_phone on parties (phone, merchant_id, id);

-- How a document that was made by a checkout wants to be paid.
create table checkouts (
  merchant_id bigint not null,
  id bigint generated always as identity,
  source_id bigint not null,
  mode text not null,
  success_url text,
  cancel_url text,
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (id, merchant_id),
  constraint checkouts_source_once unique (source_id, merchant_id),
  constraint checkouts_source foreign key (merchant_id, source_id) references sources (merchant_id, id),
  constraint checkouts_mode_not_empty check (mode <> '')
);

-- What a payer opens without an account. The token is stored as it is: see links/model.ts.
create table links (
  merchant_id bigint not null,
  id bigint generated always as identity,
  source_id bigint not null,
  page text not null,
  token text not null,
  expires_at timestamptz,
  created_at timestamptz not null,
  primary key (id, merchant_id),
  -- Starts with the token: whoever opens a link brings nothing else.
  constraint links_token_key unique (token, merchant_id),
  constraint links_source foreign key (merchant_id, source_id) references sources (merchant_id, id),
  constraint links_page_known check (page in ('PAY', 'RECEIPT')),
  constraint links_token_long check (length(token) >= 32)
);
create index links_source on links (source_id, merchant_id, page, id desc);
