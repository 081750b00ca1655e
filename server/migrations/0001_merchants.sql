-- Who may call, and whose money it is.
create table merchants (
  id bigint generated always as identity primary key,
  name text not null,
  type text not null,
  email text,
  phone text,
  verified_at timestamptz,
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

-- What the first start decides for all processes on this database: its mode, and the secret a sandbox makes for itself. A
-- live server takes its secrets from the environment.
create table server_settings (
  name text primary key,
  value text not null,
  created_at timestamptz not null
);
