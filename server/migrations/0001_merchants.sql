-- Who may call, and whose money it is.
create table merchants (
  id bigint generated always as identity primary key,
  name text not null,
  type text not null,
  email text,
  phone text,
  verified_at timestamptz,
  payment_links_allowed boolean not null default true,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint merchants_type_known check (type in ('MICRO_ORGANIZATION', 'ORGANIZATION'))
);

-- Secrets are 256 random bits, so a plain SHA-256 of one cannot be searched for.
create table api_keys (
  id bigint generated always as identity primary key,
  merchant_id bigint not null references merchants (id),
  client_id text not null,
  secret_hash bytea not null,
  created_at timestamptz not null,
  rotated_at timestamptz,
  revoked_at timestamptz,
  constraint api_keys_client_id_key unique (client_id)
);
create index api_keys_merchant on api_keys (merchant_id);

-- What a person approves payouts with. Short enough to be guessed, so it is kept under Argon2id and wrong codes are counted.
create table passcodes (
  merchant_id bigint not null references merchants (id),
  id bigint generated always as identity,
  phone text not null,
  user_id text,
  code_hash text not null,
  -- When the latest wrong codes came.
  wrong_at timestamptz[] not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (id, merchant_id),
  constraint passcodes_phone_key unique (merchant_id, phone),
  constraint passcodes_user_key unique (merchant_id, user_id)
);

-- What the first start decides for all processes on this database: its mode, and the secret a sandbox makes for itself. A
-- live server takes its secrets from the environment.
create table server_settings (
  name text primary key,
  value text not null,
  created_at timestamptz not null
);
