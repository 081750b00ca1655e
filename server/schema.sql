-- Generated from migrations/ by "npm run generate". Read it, do not edit it.

create type ledger_entry_draft as (entry integer, merchant_id bigint, execution_id bigint, reason text);

create type ledger_line_draft as (entry integer, kind text, merchant_id bigint, party_id bigint, provider text, currency text, side text, amount_minor bigint);

create table api_keys (
  id bigint generated always as identity not null,
  merchant_id bigint not null,
  client_id text not null,
  secret_hash bytea not null,
  created_at timestamp with time zone not null,
  rotated_at timestamp with time zone,
  revoked_at timestamp with time zone
);

create table card_tokens (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  token text not null,
  named text not null,
  brand text not null,
  last_digits text not null,
  billing_name text,
  payment_account_id bigint,
  looked_up_at timestamp with time zone not null,
  used_at timestamp with time zone
);

create table checkouts (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  source_id bigint not null,
  mode text not null,
  success_url text,
  cancel_url text,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null
);

create table counterparties (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  party_id bigint not null,
  relationship_type text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table event_horizon (
  only_row boolean default true not null,
  settled_id bigint not null
);

create table events (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  subject text not null,
  subject_id bigint not null,
  sequence integer not null,
  source_id bigint,
  type text not null,
  version smallint default 1 not null,
  status text not null,
  data jsonb default '{}'::jsonb not null,
  at timestamp with time zone not null
);

create table exchange_rates (
  id bigint generated always as identity not null,
  base_currency text not null,
  quote_currency text not null,
  rate numeric(24,12) not null,
  source text not null,
  effective_from timestamp with time zone not null,
  created_at timestamp with time zone not null
);

create table execution_questions (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  execution_id bigint not null,
  asked text not null,
  answer text not null,
  detail text,
  at timestamp with time zone not null
);

create table executions (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  reference_id uuid not null,
  fingerprint bytea not null,
  operation text not null,
  status text default 'PENDING'::text not null,
  session_id bigint not null,
  source_id bigint,
  payment_account_id bigint,
  wallet_id bigint,
  refunds_execution_id bigint,
  recipient_party_id bigint,
  provider text not null,
  method text not null,
  provider_reference uuid not null,
  refunds_reference uuid,
  account_number text,
  note text not null,
  payer_minor bigint not null,
  payer_currency text not null,
  payee_minor bigint not null,
  payee_currency text not null,
  platform_fee_minor bigint not null,
  gateway_fee_minor bigint not null,
  fx_fee_minor bigint not null,
  fee_currency text not null,
  fx_rate_numerator numeric(60,0),
  fx_rate_denominator numeric(60,0),
  provider_transaction_id text,
  gateway_message text,
  wallet_message text,
  failure_code text,
  requires_action boolean default false not null,
  retry_not_before timestamp with time zone,
  confirmed_at timestamp with time zone,
  next_check_at timestamp with time zone,
  check_count integer default 0 not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  return_url text
);

create table fee_tiers (
  id bigint generated always as identity not null,
  name text not null,
  is_default boolean not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table gateway_fees (
  id bigint generated always as identity not null,
  provider_id bigint not null,
  operation_type text not null,
  payment_method text,
  percentage numeric(9,6) not null,
  fixed_minor bigint,
  fixed_currency text,
  effective_from timestamp with time zone not null,
  effective_to timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table ledger_accounts (
  id bigint generated always as identity not null,
  kind text not null,
  merchant_id bigint,
  party_id bigint,
  provider text,
  currency text not null,
  created_at timestamp with time zone not null
);

create table ledger_balances (
  account_id bigint not null,
  balance_minor bigint not null,
  may_go_negative boolean not null
);

create table ledger_entries (
  id bigint generated always as identity not null,
  merchant_id bigint not null,
  execution_id bigint,
  reason text not null,
  posted_at timestamp with time zone not null
);

create table ledger_postings (
  merchant_id bigint not null,
  entry_id bigint not null,
  line smallint not null,
  account_id bigint not null,
  side text not null,
  amount_minor bigint not null,
  currency text not null
);

create table ledger_seals (
  "position" bigint not null,
  entry_id bigint not null,
  merchant_id bigint not null,
  hash bytea not null
);

create table links (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  source_id bigint not null,
  page text not null,
  token text not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null
);

create table logged_requests (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  request_id text not null,
  at timestamp with time zone not null,
  method text not null,
  path text not null,
  query text,
  status smallint not null,
  duration_ms integer not null,
  reference_id text,
  request_body json,
  response_body json,
  warnings json not null
);

create table merchant_fee_tiers (
  id bigint generated always as identity not null,
  merchant_id bigint not null,
  tier_id bigint not null,
  assigned_at timestamp with time zone not null,
  assigned_by text
);

create table merchants (
  id bigint generated always as identity not null,
  name text not null,
  type text not null,
  email text,
  phone text,
  verified_at timestamp with time zone,
  payment_links_allowed boolean default true not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  self_party_id bigint,
  cards_allowed boolean default false not null
);

create table parties (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  fullname text not null,
  phone text,
  email text,
  country_code text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table passcodes (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  phone text not null,
  user_id text,
  code_hash text not null,
  wrong_at timestamp with time zone[] default '{}'::timestamp with time zone[] not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table payment_accounts (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  party_id bigint not null,
  operation_type text not null,
  account_name text not null,
  provider text not null,
  method text not null,
  country_code text,
  account_number text,
  is_active boolean default true not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table payout_approvals (
  merchant_id bigint not null,
  execution_id bigint not null,
  passcode_id bigint not null,
  device jsonb not null,
  approved_at timestamp with time zone not null
);

create table platform_fees (
  id bigint generated always as identity not null,
  tier_id bigint not null,
  operation_type text not null,
  payment_method text,
  percentage numeric(9,6) not null,
  fixed_minor bigint,
  fixed_currency text,
  fx_percentage numeric(9,6) not null,
  effective_from timestamp with time zone not null,
  effective_to timestamp with time zone,
  created_at timestamp with time zone not null
);

create table provider_callbacks (
  id bigint generated always as identity not null,
  provider text not null,
  provider_reference uuid,
  headers jsonb not null,
  body bytea not null,
  received_at timestamp with time zone not null,
  verification text default 'unchecked'::text not null,
  signature_digest bytea,
  is_repeat boolean default false not null
);

create table providers (
  id bigint not null,
  name text not null
);

create table quarantine_decisions (
  merchant_id bigint not null,
  quarantined_id bigint not null,
  decision text not null,
  note text not null,
  decided_by text,
  at timestamp with time zone not null
);

create table quarantined_outcomes (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  execution_id bigint not null,
  reason text not null,
  stood text not null,
  told text not null,
  told_by text not null,
  amount_minor bigint,
  currency text,
  provider_transaction_id text,
  detail text,
  at timestamp with time zone not null
);

create table rate_limits (
  key text not null,
  minute bigint not null,
  granted bigint not null,
  lease bigint not null
);

create table receipt_keys (
  id text not null,
  public_key bytea not null,
  sealed_private_key bytea,
  created_at timestamp with time zone not null,
  retired_at timestamp with time zone,
  withdrawn_at timestamp with time zone
);

create table reconciliation_differences (
  provider text not null,
  day date not null,
  currency text not null,
  id bigint generated always as identity not null,
  what text not null,
  kind text not null,
  reference text not null,
  merchant_id bigint,
  execution_id bigint,
  status text,
  ours_minor bigint,
  ours_currency text,
  theirs_minor bigint
);

create table reconciliation_reports (
  provider text not null,
  day date not null,
  currency text not null,
  matched integer not null,
  missing_there integer not null,
  missing_here integer not null,
  amount_differs integer not null,
  made_at timestamp with time zone not null
);

create table sandbox_calls (
  operation text not null,
  calls integer not null
);

create table sandbox_faults (
  "position" integer not null,
  fault text not null,
  next integer,
  rate double precision,
  path text,
  method text,
  delay_ms integer,
  injected integer default 0 not null
);

create table sandbox_recorded_calls (
  seed bigint not null,
  operation text not null,
  nth integer not null,
  id bigint generated always as identity not null,
  at timestamp with time zone not null,
  reference_id text,
  fault text,
  delay_ms integer,
  status integer not null
);

create table sandbox_recordings (
  seed bigint not null,
  faults jsonb not null,
  started_at timestamp with time zone not null
);

create table sandbox_settings (
  only_row boolean default true not null,
  clock_offset_ms bigint default 0 not null,
  clock_turn integer default 0 not null,
  seed bigint default 1 not null,
  dial integer default 0 not null,
  recording bigint,
  replaying bigint
);

create table schema_migrations (
  name text not null,
  applied_at timestamp with time zone default now() not null
);

create table server_settings (
  name text not null,
  value text not null,
  created_at timestamp with time zone not null
);

create table sessions (
  merchant_id bigint not null,
  id bigint generated by default as identity not null,
  type text not null,
  source_id bigint,
  payment_account_id bigint,
  wallet_id bigint,
  amount_minor bigint,
  currency text,
  counterparty_id bigint,
  recipient_party_id bigint,
  refunds_execution_id bigint,
  reason text,
  status text default 'ACTIVE'::text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table source_counters (
  merchant_id bigint not null,
  kind text not null,
  year integer not null,
  last_value bigint not null
);

create table source_items (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  source_id bigint not null,
  name text not null,
  qty bigint not null,
  unit_minor bigint not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table sources (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  kind text not null,
  number_year integer not null,
  number_counter bigint not null,
  counterparty_id bigint not null,
  currency text not null,
  total_minor bigint default 0 not null,
  status text default 'IDLE'::text not null,
  note text not null,
  fee_bearer text not null,
  due_date timestamp with time zone,
  as_payment_link boolean not null,
  reference_id text,
  paid_at timestamp with time zone,
  paid_by_execution_id bigint,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table statement_lines (
  provider text not null,
  kind text not null,
  reference text not null,
  occurrence integer not null,
  amount_minor bigint not null,
  currency text not null,
  fee_minor bigint,
  occurred_at timestamp with time zone not null
);

create table wallets (
  merchant_id bigint not null,
  id bigint not null,
  party_id bigint,
  currency text not null,
  status text default 'ACTIVE'::text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table webhook_attempts (
  merchant_id bigint not null,
  delivery_id bigint not null,
  id bigint generated always as identity not null,
  at timestamp with time zone not null,
  duration_ms integer not null,
  status integer,
  error text,
  answer text
);

create table webhook_deliveries (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  endpoint_id bigint not null,
  event_id bigint not null,
  line text not null,
  status text not null,
  attempts integer default 0 not null,
  failures integer default 0 not null,
  first_attempt_at timestamp with time zone,
  next_attempt_at timestamp with time zone,
  in_hand boolean default false not null,
  delivered_at timestamp with time zone,
  created_at timestamp with time zone not null
);

create table webhook_endpoints (
  merchant_id bigint not null,
  id bigint generated always as identity not null,
  url text not null,
  events text[] not null,
  description text,
  status text not null,
  disabled_reason text,
  sealed_secret bytea not null,
  former_sealed_secret bytea,
  former_secret_until timestamp with time zone,
  failing_since timestamp with time zone,
  deleted_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null
);

create table webhook_relay (
  only_row boolean default true not null,
  fanned_out_id bigint not null
);

alter table api_keys add constraint api_keys_client_id_key UNIQUE (client_id);

alter table api_keys add constraint api_keys_pkey PRIMARY KEY (id);

alter table api_keys add constraint api_keys_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table card_tokens add constraint card_tokens_pkey PRIMARY KEY (id, merchant_id);

alter table card_tokens add constraint card_tokens_token_form CHECK (token ~ '^pm_[A-Za-z0-9_]+$'::text);

alter table card_tokens add constraint card_tokens_token_key UNIQUE (token, merchant_id);

alter table card_tokens add constraint card_tokens_account FOREIGN KEY (merchant_id, payment_account_id) REFERENCES payment_accounts(merchant_id, id);

alter table card_tokens add constraint card_tokens_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table checkouts add constraint checkouts_mode_not_empty CHECK (mode <> ''::text);

alter table checkouts add constraint checkouts_pkey PRIMARY KEY (id, merchant_id);

alter table checkouts add constraint checkouts_source_once UNIQUE (source_id, merchant_id);

alter table checkouts add constraint checkouts_source FOREIGN KEY (merchant_id, source_id) REFERENCES sources(merchant_id, id);

alter table counterparties add constraint counterparties_pkey PRIMARY KEY (merchant_id, id);

alter table counterparties add constraint counterparties_party FOREIGN KEY (merchant_id, party_id) REFERENCES parties(merchant_id, id);

alter table event_horizon add constraint event_horizon_one_row CHECK (only_row);

alter table event_horizon add constraint event_horizon_pkey PRIMARY KEY (only_row);

alter table events add constraint events_pkey PRIMARY KEY (merchant_id, id);

alter table events add constraint events_sequence_key UNIQUE (subject_id, subject, merchant_id, sequence);

alter table events add constraint events_subject_known CHECK (subject = ANY (ARRAY['payment'::text, 'payout'::text, 'transfer'::text, 'refund'::text, 'source'::text, 'session'::text, 'wallet'::text, 'webhook_endpoint'::text]));

alter table events add constraint events_type_of_subject CHECK (starts_with(type, subject || '.'::text));

alter table exchange_rates add constraint exchange_rates_pkey PRIMARY KEY (id);

alter table exchange_rates add constraint exchange_rates_positive CHECK (rate > 0::numeric);

alter table exchange_rates add constraint exchange_rates_two_currencies CHECK (base_currency <> quote_currency);

alter table execution_questions add constraint execution_questions_answer_known CHECK (answer = ANY (ARRAY['accepted'::text, 'completed'::text, 'declined'::text, 'refused'::text, 'not_found'::text, 'unknown'::text]));

alter table execution_questions add constraint execution_questions_asked_known CHECK (asked = ANY (ARRAY['order'::text, 'look_up'::text, 'cancellation'::text]));

alter table execution_questions add constraint execution_questions_pkey PRIMARY KEY (execution_id, id, merchant_id);

alter table executions add constraint executions_action CHECK (NOT requires_action OR status = 'PROCESSING'::text);

alter table executions add constraint executions_adds_up CHECK (fx_rate_numerator IS NOT NULL OR payer_currency = payee_currency AND fx_fee_minor = 0 AND payer_minor = (payee_minor + platform_fee_minor + gateway_fee_minor));

alter table executions add constraint executions_always_checked CHECK ((status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text])) = (next_check_at IS NOT NULL));

alter table executions add constraint executions_amounts CHECK (payer_minor > 0 AND (payee_minor >= 0 OR status = 'FAILED'::text) AND platform_fee_minor >= 0 AND gateway_fee_minor >= 0 AND fx_fee_minor >= 0);

alter table executions add constraint executions_confirmed CHECK ((status = 'COMPLETED'::text) = (confirmed_at IS NOT NULL));

alter table executions add constraint executions_direction CHECK ((operation = 'COLLECTION'::text) = (source_id IS NOT NULL) AND (operation = 'COLLECTION'::text) = (wallet_id IS NULL) AND (operation = 'REFUND'::text) = (refunds_execution_id IS NOT NULL) AND (provider = 'PLATFORM'::text) = (recipient_party_id IS NOT NULL) AND (operation = 'TRANSFER'::text OR payment_account_id IS NOT NULL));

alter table executions add constraint executions_operation_known CHECK (operation = ANY (ARRAY['COLLECTION'::text, 'PAYOUT'::text, 'TRANSFER'::text, 'REFUND'::text]));

alter table executions add constraint executions_pkey PRIMARY KEY (id, merchant_id);

alter table executions add constraint executions_provider_reference_key UNIQUE (provider_reference, merchant_id);

alter table executions add constraint executions_rate_whole CHECK ((fx_rate_numerator IS NULL) = (fx_rate_denominator IS NULL));

alter table executions add constraint executions_reference_key UNIQUE (reference_id, merchant_id);

alter table executions add constraint executions_session_once UNIQUE (session_id, merchant_id);

alter table executions add constraint executions_status_known CHECK (status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text, 'COMPLETED'::text, 'FAILED'::text]));

alter table executions add constraint executions_account FOREIGN KEY (merchant_id, payment_account_id) REFERENCES payment_accounts(merchant_id, id);

alter table executions add constraint executions_recipient FOREIGN KEY (merchant_id, recipient_party_id) REFERENCES parties(merchant_id, id);

alter table executions add constraint executions_refunds FOREIGN KEY (merchant_id, refunds_execution_id) REFERENCES executions(merchant_id, id);

alter table executions add constraint executions_session FOREIGN KEY (merchant_id, session_id) REFERENCES sessions(merchant_id, id);

alter table executions add constraint executions_wallet FOREIGN KEY (merchant_id, wallet_id) REFERENCES wallets(merchant_id, id);

alter table fee_tiers add constraint fee_tiers_name_key UNIQUE (name);

alter table fee_tiers add constraint fee_tiers_pkey PRIMARY KEY (id);

alter table gateway_fees add constraint gateway_fees_fixed_whole CHECK ((fixed_minor IS NULL) = (fixed_currency IS NULL));

alter table gateway_fees add constraint gateway_fees_not_negative CHECK (percentage >= 0::numeric AND COALESCE(fixed_minor, 0::bigint) >= 0);

alter table gateway_fees add constraint gateway_fees_operation_known CHECK (operation_type = ANY (ARRAY['COLLECTION'::text, 'PAYOUT'::text, 'TRANSFER'::text, 'REFUND'::text]));

alter table gateway_fees add constraint gateway_fees_pkey PRIMARY KEY (id);

alter table gateway_fees add constraint gateway_fees_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers(id);

alter table ledger_accounts add constraint ledger_accounts_currency_form CHECK (currency ~ '^[A-Z]{3}$'::text);

alter table ledger_accounts add constraint ledger_accounts_id_currency_key UNIQUE (id, currency);

alter table ledger_accounts add constraint ledger_accounts_kind_known CHECK (kind = ANY (ARRAY['wallet'::text, 'wallet_held'::text, 'clearing'::text, 'platform_fees'::text, 'gateway_fees'::text, 'fx_fees'::text, 'exchange_position'::text, 'opening_equity'::text]));

alter table ledger_accounts add constraint ledger_accounts_owner CHECK ((kind = ANY (ARRAY['wallet'::text, 'wallet_held'::text])) = (merchant_id IS NOT NULL));

alter table ledger_accounts add constraint ledger_accounts_party CHECK (party_id IS NULL OR kind = 'wallet'::text);

alter table ledger_accounts add constraint ledger_accounts_pkey PRIMARY KEY (id);

alter table ledger_accounts add constraint ledger_accounts_provider CHECK ((kind = ANY (ARRAY['clearing'::text, 'gateway_fees'::text])) = (provider IS NOT NULL));

alter table ledger_accounts add constraint ledger_accounts_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table ledger_accounts add constraint ledger_accounts_party_known FOREIGN KEY (merchant_id, party_id) REFERENCES parties(merchant_id, id);

alter table ledger_balances add constraint ledger_balances_not_negative CHECK (may_go_negative OR balance_minor >= 0);

alter table ledger_balances add constraint ledger_balances_pkey PRIMARY KEY (account_id);

alter table ledger_balances add constraint ledger_balances_account_id_fkey FOREIGN KEY (account_id) REFERENCES ledger_accounts(id);

alter table ledger_entries add constraint ledger_entries_cause CHECK (execution_id IS NOT NULL OR reason = 'wallets.opened'::text);

alter table ledger_entries add constraint ledger_entries_once UNIQUE (execution_id, merchant_id, reason);

alter table ledger_entries add constraint ledger_entries_pkey PRIMARY KEY (id, merchant_id);

alter table ledger_entries add constraint ledger_entries_execution FOREIGN KEY (merchant_id, execution_id) REFERENCES executions(merchant_id, id);

alter table ledger_postings add constraint ledger_postings_amount_positive CHECK (amount_minor > 0);

alter table ledger_postings add constraint ledger_postings_pkey PRIMARY KEY (entry_id, merchant_id, line);

alter table ledger_postings add constraint ledger_postings_side_known CHECK (side = ANY (ARRAY['debit'::text, 'credit'::text]));

alter table ledger_postings add constraint ledger_postings_account FOREIGN KEY (account_id, currency) REFERENCES ledger_accounts(id, currency);

alter table ledger_postings add constraint ledger_postings_entry FOREIGN KEY (merchant_id, entry_id) REFERENCES ledger_entries(merchant_id, id);

alter table ledger_seals add constraint ledger_seals_entry_key UNIQUE (entry_id, merchant_id);

alter table ledger_seals add constraint ledger_seals_hash_length CHECK (octet_length(hash) = 32);

alter table ledger_seals add constraint ledger_seals_pkey PRIMARY KEY ("position");

alter table ledger_seals add constraint ledger_seals_position_positive CHECK ("position" > 0);

alter table links add constraint links_page_known CHECK (page = ANY (ARRAY['PAY'::text, 'RECEIPT'::text]));

alter table links add constraint links_pkey PRIMARY KEY (id, merchant_id);

alter table links add constraint links_token_key UNIQUE (token, merchant_id);

alter table links add constraint links_token_long CHECK (length(token) >= 32);

alter table links add constraint links_source FOREIGN KEY (merchant_id, source_id) REFERENCES sources(merchant_id, id);

alter table logged_requests add constraint logged_requests_pkey PRIMARY KEY (merchant_id, id);

alter table merchant_fee_tiers add constraint merchant_fee_tiers_merchant_key UNIQUE (merchant_id);

alter table merchant_fee_tiers add constraint merchant_fee_tiers_pkey PRIMARY KEY (id);

alter table merchant_fee_tiers add constraint merchant_fee_tiers_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table merchant_fee_tiers add constraint merchant_fee_tiers_tier_id_fkey FOREIGN KEY (tier_id) REFERENCES fee_tiers(id);

alter table merchants add constraint merchants_pkey PRIMARY KEY (id);

alter table merchants add constraint merchants_type_known CHECK (type = ANY (ARRAY['MICRO_ORGANIZATION'::text, 'ORGANIZATION'::text]));

alter table merchants add constraint merchants_self_party FOREIGN KEY (id, self_party_id) REFERENCES parties(merchant_id, id);

alter table parties add constraint parties_pkey PRIMARY KEY (merchant_id, id);

alter table parties add constraint parties_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table passcodes add constraint passcodes_phone_key UNIQUE (merchant_id, phone);

alter table passcodes add constraint passcodes_pkey PRIMARY KEY (id, merchant_id);

alter table passcodes add constraint passcodes_user_key UNIQUE (merchant_id, user_id);

alter table passcodes add constraint passcodes_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table payment_accounts add constraint payment_accounts_operation_known CHECK (operation_type = ANY (ARRAY['COLLECTION'::text, 'PAYOUT'::text, 'TRANSFER'::text, 'REFUND'::text]));

alter table payment_accounts add constraint payment_accounts_pkey PRIMARY KEY (merchant_id, id);

alter table payment_accounts add constraint payment_accounts_provider_known CHECK (provider = ANY (ARRAY['PAWAPAY'::text, 'STRIPE'::text, 'PLATFORM'::text]));

alter table payment_accounts add constraint payment_accounts_party FOREIGN KEY (merchant_id, party_id) REFERENCES parties(merchant_id, id);

alter table payout_approvals add constraint payout_approvals_pkey PRIMARY KEY (execution_id, merchant_id);

alter table payout_approvals add constraint payout_approvals_execution FOREIGN KEY (merchant_id, execution_id) REFERENCES executions(merchant_id, id);

alter table payout_approvals add constraint payout_approvals_passcode FOREIGN KEY (merchant_id, passcode_id) REFERENCES passcodes(merchant_id, id);

alter table platform_fees add constraint platform_fees_fixed_whole CHECK ((fixed_minor IS NULL) = (fixed_currency IS NULL));

alter table platform_fees add constraint platform_fees_not_negative CHECK (percentage >= 0::numeric AND fx_percentage >= 0::numeric AND COALESCE(fixed_minor, 0::bigint) >= 0);

alter table platform_fees add constraint platform_fees_operation_known CHECK (operation_type = ANY (ARRAY['COLLECTION'::text, 'PAYOUT'::text, 'TRANSFER'::text, 'REFUND'::text]));

alter table platform_fees add constraint platform_fees_pkey PRIMARY KEY (id);

alter table platform_fees add constraint platform_fees_tier_id_fkey FOREIGN KEY (tier_id) REFERENCES fee_tiers(id);

alter table provider_callbacks add constraint provider_callbacks_pkey PRIMARY KEY (id);

alter table provider_callbacks add constraint provider_callbacks_signature CHECK ((signature_digest IS NOT NULL) = (verification = 'valid'::text));

alter table provider_callbacks add constraint provider_callbacks_verification CHECK (verification = ANY (ARRAY['valid'::text, 'unsigned'::text, 'unchecked'::text, 'malformed'::text, 'stale'::text, 'bad_digest'::text, 'bad_signature'::text, 'unknown_key'::text, 'key_unavailable'::text]));

alter table providers add constraint providers_name_key UNIQUE (name);

alter table providers add constraint providers_pkey PRIMARY KEY (id);

alter table quarantine_decisions add constraint quarantine_decisions_decision_known CHECK (decision = ANY (ARRAY['stands'::text, 'provider-right'::text, 'settled-elsewhere'::text]));

alter table quarantine_decisions add constraint quarantine_decisions_pkey PRIMARY KEY (quarantined_id, merchant_id);

alter table quarantine_decisions add constraint quarantine_decisions_outcome FOREIGN KEY (quarantined_id, merchant_id) REFERENCES quarantined_outcomes(id, merchant_id);

alter table quarantined_outcomes add constraint quarantined_outcomes_amount_whole CHECK ((amount_minor IS NULL) = (currency IS NULL));

alter table quarantined_outcomes add constraint quarantined_outcomes_once UNIQUE NULLS NOT DISTINCT (execution_id, merchant_id, reason, told, amount_minor, currency);

alter table quarantined_outcomes add constraint quarantined_outcomes_pkey PRIMARY KEY (id, merchant_id);

alter table quarantined_outcomes add constraint quarantined_outcomes_reason_known CHECK (reason = ANY (ARRAY['contradiction'::text, 'amount'::text]));

alter table quarantined_outcomes add constraint quarantined_outcomes_told_final CHECK (told = ANY (ARRAY['COMPLETED'::text, 'FAILED'::text]));

alter table quarantined_outcomes add constraint quarantined_outcomes_execution FOREIGN KEY (merchant_id, execution_id) REFERENCES executions(merchant_id, id);

alter table rate_limits add constraint rate_limits_lease_granted CHECK (lease >= 0 AND lease <= granted);

alter table rate_limits add constraint rate_limits_pkey PRIMARY KEY (key);

alter table receipt_keys add constraint receipt_keys_id_form CHECK (id ~ '^[0-9a-f]{8}$'::text);

alter table receipt_keys add constraint receipt_keys_pkey PRIMARY KEY (id);

alter table receipt_keys add constraint receipt_keys_public_key_length CHECK (octet_length(public_key) = 32);

alter table receipt_keys add constraint receipt_keys_withdrawn_is_retired CHECK (withdrawn_at IS NULL OR retired_at IS NOT NULL);

alter table reconciliation_differences add constraint reconciliation_differences_pkey PRIMARY KEY (provider, day, currency, id);

alter table reconciliation_differences add constraint reconciliation_differences_what_known CHECK (what = ANY (ARRAY['missing_there'::text, 'missing_here'::text, 'amount_differs'::text]));

alter table reconciliation_differences add constraint reconciliation_differences_report FOREIGN KEY (provider, day, currency) REFERENCES reconciliation_reports(provider, day, currency) ON DELETE CASCADE;

alter table reconciliation_reports add constraint reconciliation_reports_pkey PRIMARY KEY (provider, day, currency);

alter table sandbox_calls add constraint sandbox_calls_pkey PRIMARY KEY (operation);

alter table sandbox_faults add constraint sandbox_faults_next_above_zero CHECK (next > 0);

alter table sandbox_faults add constraint sandbox_faults_pkey PRIMARY KEY ("position");

alter table sandbox_faults add constraint sandbox_faults_rate_is_a_share CHECK (rate > 0::double precision AND rate <= 1::double precision);

alter table sandbox_faults add constraint sandbox_faults_within_next CHECK (injected <= next);

alter table sandbox_recorded_calls add constraint sandbox_recorded_calls_pkey PRIMARY KEY (seed, operation, nth);

alter table sandbox_recorded_calls add constraint sandbox_recorded_calls_seed_fkey FOREIGN KEY (seed) REFERENCES sandbox_recordings(seed) ON DELETE CASCADE;

alter table sandbox_recordings add constraint sandbox_recordings_pkey PRIMARY KEY (seed);

alter table sandbox_settings add constraint sandbox_settings_clock_ahead CHECK (clock_offset_ms >= 0);

alter table sandbox_settings add constraint sandbox_settings_one_row CHECK (only_row);

alter table sandbox_settings add constraint sandbox_settings_one_run CHECK (recording IS NULL OR replaying IS NULL);

alter table sandbox_settings add constraint sandbox_settings_pkey PRIMARY KEY (only_row);

alter table schema_migrations add constraint schema_migrations_pkey PRIMARY KEY (name);

alter table server_settings add constraint server_settings_pkey PRIMARY KEY (name);

alter table sessions add constraint sessions_amount_positive CHECK (amount_minor > 0);

alter table sessions add constraint sessions_destination CHECK (
CASE type
    WHEN 'PAYOUT'::text THEN payment_account_id IS NOT NULL
    WHEN 'TRANSFER'::text THEN counterparty_id IS NOT NULL AND recipient_party_id IS NOT NULL
    WHEN 'REFUND'::text THEN refunds_execution_id IS NOT NULL
    ELSE true
END);

alter table sessions add constraint sessions_pkey PRIMARY KEY (id, merchant_id);

alter table sessions add constraint sessions_status_known CHECK (status = ANY (ARRAY['ACTIVE'::text, 'PROCESSING'::text, 'COMPLETED'::text, 'FAILED'::text, 'EXPIRED'::text]));

alter table sessions add constraint sessions_type_known CHECK (type = ANY (ARRAY['CHECKOUT'::text, 'PAYOUT'::text, 'TRANSFER'::text, 'REFUND'::text]));

alter table sessions add constraint sessions_whole CHECK (
CASE type
    WHEN 'CHECKOUT'::text THEN source_id IS NOT NULL
    ELSE wallet_id IS NOT NULL AND amount_minor IS NOT NULL AND currency IS NOT NULL
END);

alter table sessions add constraint sessions_counterparty FOREIGN KEY (merchant_id, counterparty_id) REFERENCES counterparties(merchant_id, id);

alter table sessions add constraint sessions_recipient FOREIGN KEY (merchant_id, recipient_party_id) REFERENCES parties(merchant_id, id);

alter table sessions add constraint sessions_refunds FOREIGN KEY (merchant_id, refunds_execution_id) REFERENCES executions(merchant_id, id);

alter table sessions add constraint sessions_source FOREIGN KEY (merchant_id, source_id) REFERENCES sources(merchant_id, id);

alter table sessions add constraint sessions_wallet FOREIGN KEY (merchant_id, wallet_id) REFERENCES wallets(merchant_id, id);

alter table source_counters add constraint source_counters_pkey PRIMARY KEY (merchant_id, kind, year);

alter table source_counters add constraint source_counters_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table source_items add constraint source_items_pkey PRIMARY KEY (merchant_id, id);

alter table source_items add constraint source_items_qty_positive CHECK (qty >= 1);

alter table source_items add constraint source_items_unit_positive CHECK (unit_minor >= 1);

alter table source_items add constraint source_items_source FOREIGN KEY (merchant_id, source_id) REFERENCES sources(merchant_id, id);

alter table sources add constraint sources_fee_bearer_known CHECK (fee_bearer = ANY (ARRAY['PAYER'::text, 'PAYEE'::text]));

alter table sources add constraint sources_kind_known CHECK (kind = ANY (ARRAY['INVOICE'::text, 'ORDER'::text]));

alter table sources add constraint sources_number_key UNIQUE (merchant_id, kind, number_year, number_counter);

alter table sources add constraint sources_paid CHECK ((status = 'PAID'::text) = (paid_at IS NOT NULL AND paid_by_execution_id IS NOT NULL));

alter table sources add constraint sources_pkey PRIMARY KEY (id, merchant_id);

alter table sources add constraint sources_status_known CHECK (status = ANY (ARRAY['IDLE'::text, 'ACTIVE'::text, 'PROCESSING'::text, 'PAID'::text, 'CANCELED'::text]));

alter table sources add constraint sources_total_not_negative CHECK (total_minor >= 0);

alter table sources add constraint sources_counterparty FOREIGN KEY (merchant_id, counterparty_id) REFERENCES counterparties(merchant_id, id);

alter table sources add constraint sources_paid_by FOREIGN KEY (merchant_id, paid_by_execution_id) REFERENCES executions(merchant_id, id);

alter table statement_lines add constraint statement_lines_amount_positive CHECK (amount_minor > 0);

alter table statement_lines add constraint statement_lines_kind_known CHECK (kind = ANY (ARRAY['deposit'::text, 'payout'::text, 'refund'::text]));

alter table statement_lines add constraint statement_lines_pkey PRIMARY KEY (provider, kind, reference, occurrence);

alter table wallets add constraint wallets_pkey PRIMARY KEY (id, merchant_id);

alter table wallets add constraint wallets_status_known CHECK (status = ANY (ARRAY['ACTIVE'::text, 'RESTRICTED'::text, 'FROZEN'::text, 'CLOSED'::text]));

alter table wallets add constraint wallets_account FOREIGN KEY (id, currency) REFERENCES ledger_accounts(id, currency);

alter table webhook_attempts add constraint webhook_attempts_pkey PRIMARY KEY (delivery_id, id, merchant_id);

alter table webhook_attempts add constraint webhook_attempts_delivery FOREIGN KEY (merchant_id, delivery_id) REFERENCES webhook_deliveries(merchant_id, id) ON DELETE CASCADE;

alter table webhook_deliveries add constraint webhook_deliveries_delivered CHECK ((status = 'DELIVERED'::text) = (delivered_at IS NOT NULL));

alter table webhook_deliveries add constraint webhook_deliveries_once UNIQUE (endpoint_id, event_id, merchant_id);

alter table webhook_deliveries add constraint webhook_deliveries_pkey PRIMARY KEY (id, merchant_id);

alter table webhook_deliveries add constraint webhook_deliveries_sent_while_pending CHECK (status = 'PENDING'::text OR next_attempt_at IS NULL AND NOT in_hand);

alter table webhook_deliveries add constraint webhook_deliveries_status_known CHECK (status = ANY (ARRAY['PENDING'::text, 'DELIVERED'::text, 'FAILED'::text]));

alter table webhook_deliveries add constraint webhook_deliveries_endpoint FOREIGN KEY (merchant_id, endpoint_id) REFERENCES webhook_endpoints(merchant_id, id);

alter table webhook_endpoints add constraint webhook_endpoints_deleted_is_disabled CHECK (deleted_at IS NULL OR status = 'DISABLED'::text);

alter table webhook_endpoints add constraint webhook_endpoints_disabled_why CHECK ((status = 'DISABLED'::text) = (disabled_reason IS NOT NULL));

alter table webhook_endpoints add constraint webhook_endpoints_former CHECK ((former_sealed_secret IS NULL) = (former_secret_until IS NULL));

alter table webhook_endpoints add constraint webhook_endpoints_hears_something CHECK (cardinality(events) > 0);

alter table webhook_endpoints add constraint webhook_endpoints_pkey PRIMARY KEY (id, merchant_id);

alter table webhook_endpoints add constraint webhook_endpoints_status_known CHECK (status = ANY (ARRAY['ENABLED'::text, 'DISABLED'::text]));

alter table webhook_endpoints add constraint webhook_endpoints_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchants(id);

alter table webhook_relay add constraint webhook_relay_one_row CHECK (only_row);

alter table webhook_relay add constraint webhook_relay_pkey PRIMARY KEY (only_row);

CREATE INDEX api_keys_merchant ON public.api_keys USING btree (merchant_id);

CREATE INDEX card_tokens_unbound ON public.card_tokens USING btree (merchant_id, looked_up_at) WHERE (payment_account_id IS NULL);

CREATE INDEX exchange_rates_latest ON public.exchange_rates USING btree (base_currency, quote_currency, effective_from DESC);

CREATE UNIQUE INDEX executions_card_once ON public.executions USING btree (account_number, merchant_id) WHERE ((provider = 'STRIPE'::text) AND (operation = 'COLLECTION'::text));

CREATE INDEX executions_due ON public.executions USING btree (next_check_at) WHERE (next_check_at IS NOT NULL);

CREATE INDEX executions_latest ON public.executions USING btree (merchant_id, id DESC);

CREATE UNIQUE INDEX executions_one_per_source ON public.executions USING btree (source_id, merchant_id) WHERE ((operation = 'COLLECTION'::text) AND (status <> 'FAILED'::text));

CREATE UNIQUE INDEX executions_one_refund_at_a_time ON public.executions USING btree (refunds_execution_id, merchant_id) WHERE (status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text]));

CREATE INDEX executions_prompts ON public.executions USING btree (account_number, method, created_at) WHERE ((operation = 'COLLECTION'::text) AND (status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text])));

CREATE INDEX executions_refunds_of ON public.executions USING btree (refunds_execution_id, merchant_id) WHERE (refunds_execution_id IS NOT NULL);

CREATE UNIQUE INDEX fee_tiers_one_default ON public.fee_tiers USING btree (is_default) WHERE is_default;

CREATE UNIQUE INDEX ledger_accounts_key ON public.ledger_accounts USING btree (kind, COALESCE(merchant_id, (0)::bigint), COALESCE(party_id, (0)::bigint), COALESCE(provider, ''::text), currency);

CREATE UNIQUE INDEX ledger_entries_opening ON public.ledger_entries USING btree (merchant_id) WHERE (execution_id IS NULL);

CREATE INDEX logged_requests_reference ON public.logged_requests USING btree (reference_id, merchant_id, id) WHERE (reference_id IS NOT NULL);

CREATE INDEX logged_requests_time ON public.logged_requests USING btree (at);

CREATE INDEX parties_phone ON public.parties USING btree (phone, merchant_id, id);

CREATE INDEX provider_callbacks_reference ON public.provider_callbacks USING btree (provider_reference);

CREATE INDEX sessions_open_by_source ON public.sessions USING btree (source_id, merchant_id) WHERE (status = 'ACTIVE'::text);

CREATE INDEX sessions_open_until ON public.sessions USING btree (expires_at) WHERE (status = 'ACTIVE'::text);

CREATE INDEX sources_kind ON public.sources USING btree (merchant_id, kind, id DESC);

CREATE INDEX statement_lines_time ON public.statement_lines USING btree (provider, occurred_at);

CREATE UNIQUE INDEX wallets_owner_key ON public.wallets USING btree (merchant_id, COALESCE(party_id, (0)::bigint), currency);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (endpoint_id, next_attempt_at, event_id) WHERE (next_attempt_at IS NOT NULL);

CREATE INDEX webhook_deliveries_in_line ON public.webhook_deliveries USING btree (endpoint_id, line, event_id) WHERE (status = 'PENDING'::text);

CREATE INDEX webhook_deliveries_of_endpoint ON public.webhook_deliveries USING btree (endpoint_id, id);

CREATE INDEX webhook_endpoints_of_merchant ON public.webhook_endpoints USING btree (merchant_id, id) WHERE (deleted_at IS NULL);

CREATE OR REPLACE FUNCTION public.book_executions(booked executions[], at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  entries ledger_entry_draft[];
  lines ledger_line_draft[];
begin
  with step as (
    select nr, case (booked[nr]).status when 'PENDING' then 'held' when 'COMPLETED' then 'completed' else 'released' end as name
    from generate_subscripts(booked, 1) nr
    -- A collection that failed never moved anything.
    where (booked[nr]).status = 'COMPLETED' or (booked[nr]).operation <> 'COLLECTION'
  )
  select
    array_agg(
      row(
        step.nr, (booked[step.nr]).merchant_id, (booked[step.nr]).id, lower((booked[step.nr]).operation) || '.' || step.name
      )::ledger_entry_draft
    ),
    (select array_agg(l) from step cross join lateral execution_lines(booked[step.nr], step.nr, step.name) l)
  into entries, lines
  from step;

  if entries is not null then
    perform ledger_post(entries, lines, at);
  end if;
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_collections(intents jsonb, at timestamp with time zone)
 RETURNS TABLE(ord integer, verdict text, execution_id bigint)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
begin
  -- Sources before sessions, each in id order, like every step that locks both: otherwise two steps could deadlock. No key
  -- changes, and saying so lets new sessions point at a source meanwhile.
  perform 1
  from (
    select distinct i.merchant_id, i.source_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, source_id bigint)
  ) i
  join sources s on s.merchant_id = i.merchant_id and s.id = i.source_id
  order by s.merchant_id, s.id
  for no key update of s;

  perform 1
  from (
    select distinct i.merchant_id, i.session_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, session_id bigint)
  ) i
  join sessions s on s.merchant_id = i.merchant_id and s.id = i.session_id
  order by s.merchant_id, s.id
  for no key update of s;

  -- A new statement, hence a snapshot taken after the locks were won.
  return query
  with intent as (
    select *
    from jsonb_to_recordset(intents) as i (
      ord integer, merchant_id bigint, reference_id uuid, fingerprint text, session_id bigint, source_id bigint,
      payment_account_id bigint, provider text, method text, provider_reference uuid, account_number text, return_url text,
      note text, payer_minor bigint, payer_currency text, payee_minor bigint, payee_currency text,
      platform_fee_minor bigint, gateway_fee_minor bigint, fx_fee_minor bigint, fee_currency text,
      fx_rate_numerator numeric, fx_rate_denominator numeric, wallet_message text, next_check_at timestamptz
    )
  ),
  judged as (
    select
      i.*,
      known.id as known_id,
      case
        when known.fingerprint = decode(i.fingerprint, 'hex') then 'replayed'
        when known.id is not null then 'reference_reused'
        when row_number() over (partition by i.merchant_id, i.source_id order by i.ord) > 1 then 'again'
        when row_number() over (partition by i.merchant_id, i.reference_id order by i.ord) > 1 then 'again'
        when session.id is null or source.id is null then 'session_not_found'
        when session.status in ('PROCESSING', 'COMPLETED', 'FAILED') then 'session_not_active'
        when source.status <> 'ACTIVE' then 'source_not_active'
        when session.status <> 'ACTIVE' or session.expires_at <= at then 'session_expired'
        else 'claimed'
      end as verdict
    from intent i
    left join executions known
      on known.merchant_id = i.merchant_id and known.reference_id = i.reference_id
    left join sessions session
      on session.merchant_id = i.merchant_id and session.id = i.session_id and session.source_id = i.source_id
    left join sources source
      on source.merchant_id = i.merchant_id and source.id = i.source_id
  ),
  claimed as (
    insert into executions (
      merchant_id, reference_id, fingerprint, operation, status, session_id, source_id, payment_account_id,
      provider, method, provider_reference, account_number, return_url, note, payer_minor, payer_currency, payee_minor,
      payee_currency, platform_fee_minor, gateway_fee_minor, fx_fee_minor, fee_currency, fx_rate_numerator, fx_rate_denominator,
      wallet_message, next_check_at, created_at, updated_at
    )
    select
      j.merchant_id, j.reference_id, decode(j.fingerprint, 'hex'), 'COLLECTION',
      case when j.wallet_message is null then 'PENDING' else 'FAILED' end, j.session_id, j.source_id,
      j.payment_account_id, j.provider, j.method, j.provider_reference, j.account_number, j.return_url, j.note, j.payer_minor,
      j.payer_currency, j.payee_minor,
      j.payee_currency, j.platform_fee_minor, j.gateway_fee_minor, j.fx_fee_minor, j.fee_currency, j.fx_rate_numerator,
      j.fx_rate_denominator, j.wallet_message, case when j.wallet_message is null then j.next_check_at end, at, at
    from judged j
    where j.verdict = 'claimed'
    -- In reference order: two calls that claim the same references on different sessions wait in line, not in a ring.
    order by j.merchant_id, j.reference_id
    on conflict on constraint executions_reference_key do nothing
    returning id, merchant_id, reference_id, status, session_id, source_id, payment_account_id, provider, account_number
  ),
  used_sessions as (
    update sessions s
    set
      status = case when c.status = 'FAILED' then 'FAILED' else 'PROCESSING' end,
      payment_account_id = c.payment_account_id,
      updated_at = at
    from claimed c
    where s.merchant_id = c.merchant_id and s.id = c.session_id
  ),
  used_cards as (
    update card_tokens t
    set used_at = at
    from claimed c
    where c.provider = 'STRIPE' and t.merchant_id = c.merchant_id and t.token = c.account_number
  ),
  busy_sources as (
    update sources s
    set status = 'PROCESSING', updated_at = at
    from claimed c
    where s.merchant_id = c.merchant_id and s.id = c.source_id and c.status <> 'FAILED'
  )
  select
    j.ord,
    case
      when j.verdict <> 'claimed' then j.verdict
      when c.id is null then 'again'
      when c.status = 'FAILED' then 'failed'
      else 'claimed'
    end,
    coalesce(c.id, j.known_id)
  from judged j
  left join claimed c
    on c.merchant_id = j.merchant_id and c.reference_id = j.reference_id and j.verdict = 'claimed';
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_disbursements(intents jsonb, at timestamp with time zone)
 RETURNS TABLE(ord integer, verdict text, execution_id bigint, wallet_message text)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  made executions[];
  verdicts jsonb;
begin
  -- Executions before sessions before balances, each in id order, like every step that locks them.
  perform 1
  from (
    select distinct i.merchant_id, i.refunds_execution_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, refunds_execution_id bigint)
  ) i
  join executions e on e.merchant_id = i.merchant_id and e.id = i.refunds_execution_id
  order by e.merchant_id, e.id
  for no key update of e;

  perform 1
  from (
    select distinct i.merchant_id, i.session_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, session_id bigint)
  ) i
  join sessions s on s.merchant_id = i.merchant_id and s.id = i.session_id
  order by s.merchant_id, s.id
  for no key update of s;

  -- All that these intents could move. Whoever changes a wallet's status holds its balance meanwhile.
  perform ledger_lock(array(
    select l
    from jsonb_to_recordset(intents) as i (
      merchant_id bigint, operation text, settles boolean, recipient_party_id bigint, provider text, payer_minor bigint,
      payer_currency text, payee_minor bigint, payee_currency text, platform_fee_minor bigint, gateway_fee_minor bigint,
      fx_fee_minor bigint, fee_currency text, fx_rate_numerator numeric
    )
    cross join lateral execution_lines(
      jsonb_populate_record(null::executions, to_jsonb(i)), 0, case when i.settles then 'completed' else 'held' end
    ) l
  ));

  -- A new statement, hence a snapshot taken after the locks were won.
  with intent as (
    select *
    from jsonb_to_recordset(intents) as i (
      ord integer, merchant_id bigint, operation text, reference_id uuid, fingerprint text, session_id bigint, wallet_id bigint,
      payment_account_id bigint, refunds_execution_id bigint, recipient_party_id bigint, settles boolean, provider text,
      method text, provider_reference uuid, refunds_reference uuid, account_number text, note text, payer_minor bigint, payer_currency text,
      payee_minor bigint, payee_currency text, platform_fee_minor bigint, gateway_fee_minor bigint, fx_fee_minor bigint,
      fee_currency text, fx_rate_numerator numeric, fx_rate_denominator numeric, wallet_message text, too_little text,
      next_check_at timestamptz, passcode_id bigint, device jsonb
    )
  ),
  judged as (
    select
      i.*,
      known.id as known_id,
      balance.balance_minor,
      case
        when i.wallet_message is not null then i.wallet_message
        when wallet.status <> 'ACTIVE' then 'The wallet is ' || wallet.status || '.'
        when recipient.status in ('FROZEN', 'CLOSED') then 'The recipient''s wallet is ' || recipient.status || '.'
        when balance.balance_minor < i.payer_minor then i.too_little
      end as refusal,
      case
        when known.fingerprint = decode(i.fingerprint, 'hex') then 'replayed'
        when known.id is not null then 'reference_reused'
        when row_number() over (partition by i.merchant_id, i.session_id order by i.ord) > 1 then 'again'
        when row_number() over (partition by i.merchant_id, i.reference_id order by i.ord) > 1 then 'again'
        when i.refunds_execution_id is not null
          and row_number() over (partition by i.merchant_id, i.refunds_execution_id order by i.ord) > 1 then 'again'
        when session.id is null then 'session_not_found'
        when session.status in ('PROCESSING', 'COMPLETED', 'FAILED') then 'session_not_active'
        when session.status <> 'ACTIVE' or session.expires_at <= at then 'session_expired'
        when refunds.open then 'refund_in_progress'
        when refunds.refunded_minor + i.payee_minor > original.payer_minor then 'refund_exceeds'
        else 'claimed'
      end as verdict
    from intent i
    left join executions known
      on known.merchant_id = i.merchant_id and known.reference_id = i.reference_id
    left join sessions session
      on session.merchant_id = i.merchant_id and session.id = i.session_id and session.type = i.operation
    left join wallets wallet
      on wallet.merchant_id = i.merchant_id and wallet.id = i.wallet_id
    left join ledger_balances balance
      on balance.account_id = wallet.id
    left join wallets recipient
      on recipient.merchant_id = i.merchant_id
      and coalesce(recipient.party_id, 0) = i.recipient_party_id
      and recipient.currency = i.payee_currency
    left join executions original
      on original.merchant_id = i.merchant_id and original.id = i.refunds_execution_id
    left join lateral (
      select
        coalesce(bool_or(r.status in ('PENDING', 'PROCESSING')), false) as open,
        coalesce(sum(r.payee_minor), 0) as refunded_minor
      from executions r
      where r.merchant_id = original.merchant_id and r.refunds_execution_id = original.id and r.status <> 'FAILED'
    ) refunds on true
  ),
  -- Those of one wallet are paid in turn: one that is refused by what goes before it asks again.
  affordable as (
    select
      j.*,
      coalesce(
        j.verdict = 'claimed' and j.refusal is null and sum(j.payer_minor) filter (
          where j.verdict = 'claimed' and j.refusal is null
        ) over (partition by j.wallet_id order by j.ord) > j.balance_minor,
        false
      ) as waits
    from judged j
  ),
  claimed as (
    insert into executions (
      merchant_id, reference_id, fingerprint, operation, status, session_id, payment_account_id, wallet_id,
      refunds_execution_id, recipient_party_id, provider, method, provider_reference, refunds_reference, account_number, note,
      payer_minor, payer_currency, payee_minor, payee_currency, platform_fee_minor, gateway_fee_minor, fx_fee_minor, fee_currency,
      fx_rate_numerator, fx_rate_denominator, wallet_message, confirmed_at, next_check_at, created_at, updated_at
    )
    select
      j.merchant_id, j.reference_id, decode(j.fingerprint, 'hex'), j.operation,
      case when j.refusal is not null then 'FAILED' when j.settles then 'COMPLETED' else 'PENDING' end,
      j.session_id, j.payment_account_id, j.wallet_id, j.refunds_execution_id, j.recipient_party_id, j.provider, j.method,
      j.provider_reference, j.refunds_reference, j.account_number, j.note, j.payer_minor, j.payer_currency, j.payee_minor,
      j.payee_currency, j.platform_fee_minor, j.gateway_fee_minor, j.fx_fee_minor, j.fee_currency, j.fx_rate_numerator,
      j.fx_rate_denominator, j.refusal, case when j.refusal is null and j.settles then at end,
      case when j.refusal is null and not j.settles then j.next_check_at end, at, at
    from affordable j
    where j.verdict = 'claimed' and not j.waits
    -- In reference order: two calls that claim the same references on different sessions wait in line, not in a ring.
    order by j.merchant_id, j.reference_id
    on conflict on constraint executions_reference_key do nothing
    returning executions.*
  ),
  approved as (
    insert into payout_approvals (merchant_id, execution_id, passcode_id, device, approved_at)
    select c.merchant_id, c.id, i.passcode_id, i.device, at
    from claimed c
    join intent i on i.merchant_id = c.merchant_id and i.reference_id = c.reference_id and i.passcode_id is not null
  ),
  used_sessions as (
    update sessions s
    set status = case c.status when 'PENDING' then 'PROCESSING' else c.status end, updated_at = at
    from claimed c
    where s.merchant_id = c.merchant_id and s.id = c.session_id
  )
  select
    jsonb_agg(jsonb_build_object(
      'ord', j.ord,
      'verdict', case
        when j.waits then 'again'
        when j.verdict <> 'claimed' then j.verdict
        when c.id is null then 'again'
        when c.status = 'PENDING' then 'claimed'
        else lower(c.status)
      end,
      'execution_id', coalesce(c.id, j.known_id),
      'wallet_message', c.wallet_message
    )),
    array_agg(row(c.*)::executions) filter (where c.status in ('PENDING', 'COMPLETED'))
  into verdicts, made
  from affordable j
  left join claimed c
    on c.merchant_id = j.merchant_id and c.reference_id = j.reference_id and j.verdict = 'claimed' and not j.waits;

  perform book_executions(made, at);

  return query
  select v.ord, v.verdict, v.execution_id, v.wallet_message
  from jsonb_to_recordset(verdicts) as v (ord integer, verdict text, execution_id bigint, wallet_message text);
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_guarded_collections(intents jsonb, at timestamp with time zone, guard interval)
 RETURNS TABLE(ord integer, verdict text, execution_id bigint, free_at timestamp with time zone)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  refused jsonb;
begin
  perform pg_advisory_xact_lock(hashtextextended('prompt ' || phone.method || ' ' || phone.account_number, 0))
  from (
    select distinct i.method, i.account_number
    from jsonb_to_recordset(intents) as i (method text, account_number text, wallet_message text)
    where i.account_number is not null and i.wallet_message is null
    order by i.method, i.account_number
  ) phone;

  -- As claim_collections does, and again for nothing then: what is passed on as hopeless here is not claimed there after all.
  perform 1
  from (
    select distinct i.merchant_id, i.source_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, source_id bigint)
  ) i
  join sources s on s.merchant_id = i.merchant_id and s.id = i.source_id
  order by s.merchant_id, s.id
  for no key update of s;

  perform 1
  from (
    select distinct i.merchant_id, i.session_id
    from jsonb_to_recordset(intents) as i (merchant_id bigint, session_id bigint)
  ) i
  join sessions s on s.merchant_id = i.merchant_id and s.id = i.session_id
  order by s.merchant_id, s.id
  for no key update of s;

  -- A new statement, hence a snapshot taken after the locks were won.
  select coalesce(jsonb_agg(jsonb_build_object('ord', judged.ord, 'free_at', judged.open_at + guard)), '[]')
  into refused
  from (
    select
      i.ord, open.created_at as open_at,
      row_number() over (partition by i.method, i.account_number order by i.ord) as turn
    from jsonb_to_recordset(intents) as i (
      ord integer, merchant_id bigint, reference_id uuid, session_id bigint, source_id bigint, method text,
      account_number text, wallet_message text
    )
    join sessions session
      on session.merchant_id = i.merchant_id and session.id = i.session_id and session.source_id = i.source_id
      and session.status = 'ACTIVE' and session.expires_at > at
    join sources source
      on source.merchant_id = i.merchant_id and source.id = i.source_id and source.status = 'ACTIVE'
    left join executions known
      on known.merchant_id = i.merchant_id and known.reference_id = i.reference_id
    left join lateral (
      select e.created_at
      from executions e
      where e.account_number = i.account_number and e.method = i.method and e.operation = 'COLLECTION'
        and e.status in ('PENDING', 'PROCESSING') and e.created_at > at - guard
      order by e.created_at desc
      limit 1
    ) open on true
    where i.account_number is not null and i.wallet_message is null and known.id is null
  ) judged
  where judged.open_at is not null or judged.turn > 1;

  return query
  select
    r.ord, case when r.free_at is null then 'again' else 'prompt_open' end, null::bigint, r.free_at
  from jsonb_to_recordset(refused) as r (ord integer, free_at timestamptz)
  union all
  select c.ord, c.verdict, c.execution_id, null::timestamptz
  from claim_collections(
    (
      select coalesce(jsonb_agg(i), '[]')
      from jsonb_array_elements(intents) i
      where not exists (
        select 1
        from jsonb_to_recordset(refused) as r (ord integer)
        where r.ord = (i ->> 'ord')::integer
      )
    ),
    at
  ) c;
end
$function$
;

CREATE OR REPLACE FUNCTION public.claim_webhook_deliveries(busy jsonb, most integer, most_each integer, most_failing integer, most_run integer, asked_at timestamp with time zone, claimed_until timestamp with time zone)
 RETURNS TABLE(merchant_id bigint, id bigint, endpoint_id bigint, line text, event_id bigint, attempt integer, failures integer, first_attempt_at timestamp with time zone, url text, sealed_secret bytea, former_sealed_secret bytea)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  firsts bigint[];
  followers bigint[];
  before_them bigint[];
  runs bigint[];
begin
  with room as (
    select
      w.merchant_id, w.id,
      greatest(0, case when w.failing_since is null then most_each else most_failing end - coalesce(b.in_flight, 0)) as room
    from webhook_endpoints w
    left join jsonb_to_recordset(busy) as b (endpoint_id bigint, in_flight integer) on b.endpoint_id = w.id
    where w.status = 'ENABLED'
  ),
  due as materialized (
    select d.*, w.room
    from room w
    cross join lateral (
      select d.merchant_id, d.id, d.endpoint_id, d.event_id, d.line, d.failures, d.next_attempt_at
      from webhook_deliveries d
      where d.endpoint_id = w.id and d.merchant_id = w.merchant_id and d.next_attempt_at <= asked_at
      order by d.next_attempt_at, d.event_id
      -- Some of them turn out to wait for another.
      limit w.room * 4
      for update skip locked
    ) d
    where w.room > 0
  ),
  judged as (
    select due.*, earlier.id as before_id
    from due
    left join lateral (
      select earlier.id
      from webhook_deliveries earlier
      where earlier.endpoint_id = due.endpoint_id
        and earlier.line = due.line
        and earlier.status = 'PENDING'
        and earlier.event_id < due.event_id
      order by earlier.event_id desc
      limit 1
    ) earlier on true
  ),
  first as (
    select
      j.id, j.room, j.failures, j.next_attempt_at, j.event_id,
      row_number() over (partition by j.endpoint_id order by j.next_attempt_at, j.event_id) as place
    from judged j
    where j.before_id is null
  ),
  chosen as (
    -- What never failed goes before what did.
    select array_agg(f.id) as ids
    from (
      select f.id from first f where f.place <= f.room order by f.failures, f.next_attempt_at, f.event_id limit most
    ) f
  )
  select
    c.ids,
    (select array_agg(j.id) from judged j where j.before_id is not null),
    (select array_agg(j.before_id) from judged j where j.before_id is not null)
  into firsts, followers, before_them
  from chosen c;

  -- As far as nobody else holds one of them or has it in hand: what is sent past it would be out of line.
  with next as materialized (
    select f.id as first_id, n.id, row_number() over (partition by f.id order by n.event_id) as place
    from webhook_deliveries f
    join webhook_endpoints w on w.merchant_id = f.merchant_id and w.id = f.endpoint_id and w.failing_since is null
    cross join lateral (
      select n.id, n.event_id
      from webhook_deliveries n
      where n.endpoint_id = f.endpoint_id and n.line = f.line and n.status = 'PENDING' and n.event_id > f.event_id
      order by n.event_id
      limit most_run - 1
    ) n
    where f.id = any (firsts)
  ),
  held as materialized (
    select d.id
    from webhook_deliveries d
    where d.id in (select n.id from next n) and d.status = 'PENDING' and not d.in_hand
    for update skip locked
  )
  select array_agg(n.id) into runs
  from next n
  where not exists (
    select 1
    from next before
    where before.first_id = n.first_id and before.place <= n.place and before.id not in (select h.id from held h)
  );

  -- They wait for whoever finishes the one before them (`record_webhook_attempts`), whose row is held until that is written
  -- down. One that somebody else holds may be finished this very moment: the next round judges again.
  with before as (
    select b.id
    from webhook_deliveries b
    where b.id = any (before_them) and b.status = 'PENDING'
    for update skip locked
  )
  update webhook_deliveries d
  set next_attempt_at = null
  from unnest(followers, before_them) as f (id, before_id)
  join before on before.id = f.before_id
  where d.id = f.id and (runs is null or d.id <> all (runs));

  return query
  update webhook_deliveries d
  set
    attempts = d.attempts + 1,
    first_attempt_at = coalesce(d.first_attempt_at, asked_at),
    next_attempt_at = claimed_until,
    in_hand = true
  from webhook_endpoints w
  where d.id = any (firsts || runs) and w.merchant_id = d.merchant_id and w.id = d.endpoint_id
  returning
    d.merchant_id, d.id, d.endpoint_id, d.line, d.event_id, d.attempts, d.failures, d.first_attempt_at,
    w.url, w.sealed_secret,
    case when w.former_secret_until > asked_at then w.former_sealed_secret end;
end
$function$
;

CREATE OR REPLACE FUNCTION public.collection_contexts(asked jsonb)
 RETURNS TABLE(ord integer, known_id bigint, known_fingerprint bytea, source_id bigint, source_kind text, number_year integer, number_counter bigint, total_minor bigint, currency text, fee_bearer text, account_id bigint, is_active boolean, provider text, method text, account_number text, tier_id bigint, wallet_status text)
 LANGUAGE plpgsql
 STABLE
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
begin
  return query
  select
    a.ord, known.id, known.fingerprint, source.id, source.kind, source.number_year, source.number_counter,
    source.total_minor, source.currency, source.fee_bearer, account.id, account.is_active, account.provider,
    account.method, account.account_number, tier.tier_id, wallet.status
  from jsonb_to_recordset(asked) as a (
    ord integer, merchant_id bigint, reference_id uuid, session_id bigint, payment_account_id bigint
  )
  left join executions known
    on known.merchant_id = a.merchant_id and known.reference_id = a.reference_id
  left join sessions session
    on session.merchant_id = a.merchant_id and session.id = a.session_id and session.type = 'CHECKOUT'
  left join sources source
    on source.merchant_id = session.merchant_id and source.id = session.source_id
  left join payment_accounts account
    on account.merchant_id = a.merchant_id and account.id = a.payment_account_id
  left join merchant_fee_tiers tier
    on tier.merchant_id = a.merchant_id
  left join wallets wallet
    on wallet.merchant_id = source.merchant_id and coalesce(wallet.party_id, 0) = 0 and wallet.currency = source.currency;
end
$function$
;

CREATE OR REPLACE FUNCTION public.execution_lines(e executions, entry integer, step text)
 RETURNS SETOF ledger_line_draft
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select row(entry, l.kind, l.merchant_id, l.party_id, l.provider, l.currency, l.side, l.amount_minor)::ledger_line_draft
  from (
    select
      e.platform_fee_minor + e.gateway_fee_minor + e.fx_fee_minor as fees_minor,
      e.fx_rate_numerator is not null as converts
  ) x
  cross join lateral (
    values
      ('clearing', null::bigint, null::bigint, e.provider, e.payer_currency, 'debit', e.payer_minor),
      ('exchange_position', null, null, null, e.payer_currency, 'credit', case when x.converts then e.payer_minor end),
      ('exchange_position', null, null, null, e.payee_currency, 'debit',
        case when x.converts then e.payee_minor + x.fees_minor end),
      ('wallet', e.merchant_id, null, null, e.payee_currency, 'credit', e.payee_minor),
      ('platform_fees', null, null, null, e.fee_currency, 'credit', e.platform_fee_minor),
      ('gateway_fees', null, null, e.provider, e.fee_currency, 'credit', e.gateway_fee_minor),
      ('fx_fees', null, null, null, e.fee_currency, 'credit', e.fx_fee_minor)
  ) as l (kind, merchant_id, party_id, provider, currency, side, amount_minor)
  where e.operation = 'COLLECTION' and step = 'completed' and l.amount_minor > 0
  union all
  select row(entry, l.kind, e.merchant_id, null, null, e.payer_currency, l.side, e.payer_minor)::ledger_line_draft
  from (
    values
      ('wallet', case step when 'held' then 'debit' else 'credit' end),
      ('wallet_held', case step when 'held' then 'credit' else 'debit' end)
  ) as l (kind, side)
  where e.operation <> 'COLLECTION' and step in ('held', 'released')
  union all
  select row(entry, l.kind, l.merchant_id, l.party_id, l.provider, l.currency, l.side, l.amount_minor)::ledger_line_draft
  from (
    select
      e.platform_fee_minor + e.gateway_fee_minor + e.fx_fee_minor as fees_minor,
      e.fx_rate_numerator is not null as converts,
      e.recipient_party_id is not null as stays
  ) x
  cross join lateral (
    values
      (case when x.stays then 'wallet' else 'wallet_held' end, e.merchant_id, null::bigint, null::text, e.payer_currency,
        'debit', e.payer_minor),
      ('exchange_position', null, null, null, e.payer_currency, 'credit',
        case when x.converts then e.payer_minor - x.fees_minor end),
      ('exchange_position', null, null, null, e.payee_currency, 'debit', case when x.converts then e.payee_minor end),
      ('wallet', e.merchant_id, e.recipient_party_id, null, e.payee_currency, 'credit',
        case when x.stays then e.payee_minor end),
      ('clearing', null, null, e.provider, e.payee_currency, 'credit', case when not x.stays then e.payee_minor end),
      ('platform_fees', null, null, null, e.fee_currency, 'credit', e.platform_fee_minor),
      ('gateway_fees', null, null, e.provider, e.fee_currency, 'credit', e.gateway_fee_minor),
      ('fx_fees', null, null, null, e.fee_currency, 'credit', e.fx_fee_minor)
  ) as l (kind, merchant_id, party_id, provider, currency, side, amount_minor)
  where e.operation <> 'COLLECTION' and step = 'completed' and l.amount_minor > 0
$function$
;

CREATE OR REPLACE FUNCTION public.execution_news(e executions)
 RETURNS jsonb
 LANGUAGE sql
 STABLE
AS $function$
  select jsonb_strip_nulls(jsonb_build_object(
    'requires_action', nullif(e.requires_action, false), 'provider_transaction_id', e.provider_transaction_id,
    'gateway_message', e.gateway_message, 'failure_code', e.failure_code
  ))
$function$
;

CREATE OR REPLACE FUNCTION public.execution_subject(operation text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case operation when 'COLLECTION' then 'payment' else lower(operation) end
$function$
;

CREATE OR REPLACE FUNCTION public.execution_turn(status text, requires_action boolean)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select case when requires_action then 'requires_action' when status = 'PENDING' then 'created' else lower(status) end
$function$
;

CREATE OR REPLACE FUNCTION public.fan_out_webhooks(most integer, asked_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  reached bigint;
  settled bigint;
  up_to bigint;
begin
  select r.fanned_out_id into reached from webhook_relay r for update skip locked;
  if not found then
    return false;
  end if;
  select h.settled_id into settled from event_horizon h;
  if settled <= reached then
    return false;
  end if;
  up_to := least(settled, reached + most);

  -- Whoever disables an endpoint gives up what is pending there: held, none can come after that.
  perform 1
  from webhook_endpoints w
  where w.status = 'ENABLED' and exists (
    select 1 from events e where e.merchant_id = w.merchant_id and e.id > reached and e.id <= up_to
  )
  order by w.id
  for share of w;

  insert into webhook_deliveries (merchant_id, endpoint_id, event_id, line, status, next_attempt_at, created_at)
  select
    wanted.merchant_id, wanted.endpoint_id, wanted.event_id, wanted.line, 'PENDING',
    case when row_number() over (partition by wanted.endpoint_id, wanted.line order by wanted.event_id) = 1 then asked_at end,
    asked_at
  from (
    select w.merchant_id, w.id as endpoint_id, e.id as event_id, webhook_line(e.source_id, e.subject, e.subject_id) as line
    from webhook_endpoints w
    join events e on e.merchant_id = w.merchant_id and e.id > reached and e.id <= up_to
    where w.status = 'ENABLED'
      and webhook_wanted(w.events, e.type)
      -- Asked for again before it was due the first time.
      and not exists (
        select 1
        from webhook_deliveries known
        where known.merchant_id = w.merchant_id and known.endpoint_id = w.id and known.event_id = e.id
      )
  ) wanted
  order by wanted.event_id, wanted.endpoint_id;

  update webhook_relay set fanned_out_id = up_to;
  return up_to < settled;
end
$function$
;

CREATE OR REPLACE FUNCTION public.leave_webhook_endpoint()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  update webhook_deliveries d
  set status = 'FAILED', next_attempt_at = null, in_hand = false
  where d.merchant_id = new.merchant_id and d.endpoint_id = new.id and d.status = 'PENDING';

  if new.deleted_at is null then
    insert into events (merchant_id, subject, subject_id, sequence, type, status, data, at)
    select
      new.merchant_id, 'webhook_endpoint', new.id, coalesce(max(e.sequence), 0) + 1, 'webhook_endpoint.disabled', new.status,
      jsonb_build_object('url', new.url, 'disabled_reason', new.disabled_reason), new.updated_at
    from events e
    where e.subject_id = new.id and e.subject = 'webhook_endpoint' and e.merchant_id = new.merchant_id;
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ledger_apply_postings()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
declare
  lopsided bigint;
begin
  select entry_id into lopsided
  from new_postings
  group by merchant_id, entry_id, currency
  having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0
  limit 1;
  if found then
    raise exception 'ledger entry % does not balance', lopsided
      using errcode = 'check_violation', constraint = 'ledger_postings_balanced';
  end if;

  -- Locked in account order: two entries meeting the same accounts from opposite ends would deadlock.
  perform 1
  from (select distinct account_id from new_postings) moved
  join ledger_balances b on b.account_id = moved.account_id
  order by b.account_id
  for no key update of b;

  update ledger_balances b
  set balance_minor = b.balance_minor + moved.delta_minor
  from (
    select account_id, sum(case side when 'credit' then amount_minor else -amount_minor end) as delta_minor
    from new_postings
    group by account_id
  ) moved
  where b.account_id = moved.account_id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ledger_lock(lines ledger_line_draft[])
 RETURNS void
 LANGUAGE sql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
  select 1
  from (
    select distinct a.id
    from unnest(lines) l
    join ledger_accounts a
      on a.kind = l.kind
      and coalesce(a.merchant_id, 0) = coalesce(l.merchant_id, 0)
      and coalesce(a.party_id, 0) = coalesce(l.party_id, 0)
      and coalesce(a.provider, '') = coalesce(l.provider, '')
      and a.currency = l.currency
  ) account
  join ledger_balances b on b.account_id = account.id
  order by b.account_id
  for no key update of b
$function$
;

CREATE OR REPLACE FUNCTION public.ledger_open_balance()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into ledger_balances (account_id, balance_minor, may_go_negative)
  values (new.id, 0, new.kind not in ('wallet', 'wallet_held'));
  if new.kind = 'wallet' then
    insert into wallets (merchant_id, id, party_id, currency, created_at, updated_at)
    values (new.merchant_id, new.id, new.party_id, new.currency, new.created_at, new.created_at);
  end if;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ledger_post(entries ledger_entry_draft[], lines ledger_line_draft[], at timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  if exists (select 1 from unnest(entries) e where not exists (select 1 from unnest(lines) l where l.entry = e.entry)) then
    raise exception 'a ledger entry without lines' using errcode = 'check_violation', constraint = 'ledger_entries_lines';
  end if;

  insert into ledger_accounts (kind, merchant_id, party_id, provider, currency, created_at)
  select distinct l.kind, l.merchant_id, l.party_id, l.provider, l.currency, at
  from unnest(lines) l
  where not exists (
    select 1
    from ledger_accounts a
    where a.kind = l.kind
      and coalesce(a.merchant_id, 0) = coalesce(l.merchant_id, 0)
      and coalesce(a.party_id, 0) = coalesce(l.party_id, 0)
      and coalesce(a.provider, '') = coalesce(l.provider, '')
      and a.currency = l.currency
  )
  order by l.kind, l.merchant_id, l.party_id, l.provider, l.currency
  on conflict do nothing;

  with draft as materialized (
    select e.entry, e.merchant_id, e.execution_id, e.reason, nextval('ledger_entries_id_seq') as id
    from unnest(entries) e
  ),
  entry as (
    insert into ledger_entries (id, merchant_id, execution_id, reason, posted_at)
    overriding system value
    select d.id, d.merchant_id, d.execution_id, d.reason, at
    from draft d
  )
  insert into ledger_postings (merchant_id, entry_id, line, account_id, side, amount_minor, currency)
  select
    d.merchant_id, d.id, row_number() over (partition by d.id order by l.ordinality), a.id, l.side, l.amount_minor, l.currency
  from unnest(lines) with ordinality as l (
    entry, kind, merchant_id, party_id, provider, currency, side, amount_minor, ordinality
  )
  join draft d on d.entry = l.entry
  join ledger_accounts a
    on a.kind = l.kind
    and coalesce(a.merchant_id, 0) = coalesce(l.merchant_id, 0)
    and coalesce(a.party_id, 0) = coalesce(l.party_id, 0)
    and coalesce(a.provider, '') = coalesce(l.provider, '')
    and a.currency = l.currency;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ledger_refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% on % is refused: the ledger is append-only', lower(tg_op), tg_table_name
    using errcode = 'restrict_violation', constraint = 'ledger_append_only';
end
$function$
;

CREATE OR REPLACE FUNCTION public.open_checkout_sessions(drafts jsonb, at timestamp with time zone)
 RETURNS TABLE(ord integer, id bigint, source_status text, wallet_status text)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
begin
  return query
  with draft as materialized (
    select
      d.ord, d.merchant_id, d.expires_at, source.id as source_id, source.status as source_status,
      coalesce(wallet.status, 'ACTIVE') as wallet_status,
      case
        when source.status = 'ACTIVE' and coalesce(wallet.status, 'ACTIVE') in ('ACTIVE', 'RESTRICTED')
          then nextval('sessions_id_seq')
      end as id
    from jsonb_to_recordset(drafts) as d (
      ord integer, merchant_id bigint, kind text, source_id bigint, expires_at timestamptz
    )
    left join sources source
      on source.merchant_id = d.merchant_id and source.id = d.source_id and source.kind = d.kind
    left join wallets wallet
      on wallet.merchant_id = source.merchant_id and coalesce(wallet.party_id, 0) = 0 and wallet.currency = source.currency
  ),
  opened as (
    insert into sessions (merchant_id, id, type, source_id, expires_at, created_at, updated_at)
    select draft.merchant_id, draft.id, 'CHECKOUT', draft.source_id, draft.expires_at, at, at
    from draft
    where draft.id is not null
  )
  select draft.ord, draft.id, draft.source_status, draft.wallet_status
  from draft;
end
$function$
;

CREATE OR REPLACE FUNCTION public.receive_callbacks(callbacks jsonb, at timestamp with time zone, check_at timestamp with time zone)
 RETURNS SETOF executions
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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

  return query
  select e.*
  from (
    select distinct c.provider, c.provider_reference, c.tells
    from jsonb_to_recordset(callbacks) as c (provider text, provider_reference uuid, tells text, wakes boolean)
    where c.tells is not null and coalesce(c.wakes, true)
  ) c
  join executions e on e.provider_reference = c.provider_reference and e.provider = c.provider
  where e.status in ('COMPLETED', 'FAILED') and e.status <> c.tells;
end
$function$
;

CREATE OR REPLACE FUNCTION public.record_outcomes(outcomes jsonb, at timestamp with time zone)
 RETURNS TABLE(ord integer, verdict text, status text)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  changed executions[];
  settled executions[];
begin
  perform 1
  from (
    select distinct o.merchant_id, o.execution_id
    from jsonb_to_recordset(outcomes) as o (merchant_id bigint, execution_id bigint)
  ) o
  join executions e on e.merchant_id = o.merchant_id and e.id = o.execution_id
  order by e.merchant_id, e.id
  for no key update of e;

  with outcome as (
    select distinct on (o.merchant_id, o.execution_id) o.*
    from jsonb_to_recordset(outcomes) as o (
      ord integer, merchant_id bigint, execution_id bigint, status text, "from" text[], requires_action boolean,
      provider_transaction_id text, gateway_message text, failure_code text, retry_not_before timestamptz,
      next_check_at timestamptz, turn integer
    )
    order by o.merchant_id, o.execution_id, o.ord
  ),
  applied as (
    update executions e
    set
      status = o.status,
      requires_action = o.status = 'PROCESSING' and coalesce(o.requires_action, false),
      provider_transaction_id = coalesce(o.provider_transaction_id, e.provider_transaction_id),
      gateway_message = coalesce(o.gateway_message, e.gateway_message),
      failure_code = o.failure_code,
      retry_not_before = o.retry_not_before,
      confirmed_at = case when o.status = 'COMPLETED' then at end,
      next_check_at = o.next_check_at,
      updated_at = at
    from outcome o
    where e.merchant_id = o.merchant_id and e.id = o.execution_id and (o.turn is null or o.turn = e.check_count) and (
        e.status = any (o."from")
        -- Its payer was asked to do something, or has done it.
        or (
          e.status = 'PROCESSING' and o.status = 'PROCESSING' and e.requires_action <> coalesce(o.requires_action, false)
        )
      )
    returning e.*
  )
  select
    coalesce(array_agg(row(a.*)::executions), '{}'),
    coalesce(array_agg(row(a.*)::executions) filter (where a.status in ('COMPLETED', 'FAILED')), '{}')
  into changed, settled
  from applied a;

  if cardinality(settled) > 0 then
    perform 1
    from unnest(settled) c
    join sources s on s.merchant_id = c.merchant_id and s.id = c.source_id
    order by s.merchant_id, s.id
    for no key update of s;

    update sources s
    set
      status = case when c.status = 'COMPLETED' then 'PAID' else 'ACTIVE' end,
      paid_at = case when c.status = 'COMPLETED' then at end,
      paid_by_execution_id = case when c.status = 'COMPLETED' then c.id end,
      updated_at = at
    from unnest(settled) c
    where s.merchant_id = c.merchant_id and s.id = c.source_id;

    perform 1
    from unnest(settled) c
    join sessions s on s.merchant_id = c.merchant_id and s.id = c.session_id
    order by s.merchant_id, s.id
    for no key update of s;

    update sessions s
    set status = c.status, updated_at = at
    from unnest(settled) c
    where s.merchant_id = c.merchant_id and s.id = c.session_id;

    perform book_executions(settled, at);
  end if;

  return query
  select
    o.ord,
    case
      when e.id is null then 'unknown_execution'
      when row_number() over (partition by o.merchant_id, o.execution_id order by o.ord) > 1 then 'again'
      when exists (select 1 from unnest(changed) c where c.merchant_id = e.merchant_id and c.id = e.id) then 'applied'
      when e.status = o.status then 'repeated'
      when o.status in ('COMPLETED', 'FAILED') and e.status in ('COMPLETED', 'FAILED') then 'contradicted'
      else 'stale'
    end,
    e.status
  from jsonb_to_recordset(outcomes) as o (ord integer, merchant_id bigint, execution_id bigint, status text)
  left join executions e on e.merchant_id = o.merchant_id and e.id = o.execution_id;
end
$function$
;

CREATE OR REPLACE FUNCTION public.record_webhook_attempts(sent jsonb, asked_at timestamp with time zone, patience interval)
 RETURNS boolean
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  finished bigint[];
  recovered bigint[];
  waited boolean;
begin
  perform 1
  from webhook_endpoints w
  where w.id in (select a.endpoint_id from jsonb_to_recordset(sent) as a (endpoint_id bigint))
  order by w.id
  for no key update of w;

  insert into webhook_attempts (merchant_id, delivery_id, at, duration_ms, status, error, answer)
  select a.merchant_id, a.delivery_id, a.began_at, a.duration_ms, a.status, a.error, a.answer
  from jsonb_to_recordset(sent) as a (
    merchant_id bigint, delivery_id bigint, began_at timestamptz, duration_ms integer, status integer, error text, answer text
  )
  join webhook_deliveries d on d.merchant_id = a.merchant_id and d.id = a.delivery_id;

  -- A late word that it was received is true all the same; that it was not concerns nobody once another attempt was begun.
  with recorded as (
    update webhook_deliveries d
    set
      failures = d.failures + case when a.received then 0 else 1 end,
      status = case when a.received then 'DELIVERED' when a.next_attempt_at is null then 'FAILED' else 'PENDING' end,
      delivered_at = case when a.received then asked_at end,
      next_attempt_at = case when not a.received then a.next_attempt_at end,
      in_hand = false
    from jsonb_to_recordset(sent) as a (
      merchant_id bigint, delivery_id bigint, attempt integer, received boolean, next_attempt_at timestamptz
    )
    where d.merchant_id = a.merchant_id
      and d.id = a.delivery_id
      and case when a.received then d.status <> 'DELIVERED' else d.status = 'PENDING' and d.attempts = a.attempt end
    returning d.id, d.status
  )
  select array_agg(r.id) into finished from recorded r where r.status <> 'PENDING';

  -- A statement of its own, which sees who began to wait before the rows above were held.
  update webhook_deliveries d
  set next_attempt_at = asked_at
  from (
    select distinct follower.merchant_id, follower.id
    from webhook_deliveries f
    cross join lateral (
      select n.merchant_id, n.id
      from webhook_deliveries n
      where n.endpoint_id = f.endpoint_id and n.line = f.line and n.status = 'PENDING' and n.event_id > f.event_id
      order by n.event_id
      limit 1
    ) follower
    where f.id = any (finished)
  ) follower
  where d.merchant_id = follower.merchant_id and d.id = follower.id and d.status = 'PENDING' and d.next_attempt_at is null;
  waited := found;

  select array_agg(w.id) into recovered
  from webhook_endpoints w
  where w.failing_since is not null
    and w.id in (
      select a.endpoint_id from jsonb_to_recordset(sent) as a (endpoint_id bigint, received boolean) where a.received
    );

  -- Back after a while: what was put off for hours need not wait for them.
  update webhook_deliveries d
  set next_attempt_at = asked_at
  from webhook_endpoints w
  where w.id = any (recovered)
    and w.failing_since <= asked_at - interval '5 minutes'
    and d.merchant_id = w.merchant_id
    and d.endpoint_id = w.id
    and d.next_attempt_at > asked_at
    and not d.in_hand;
  waited := waited or found;

  update webhook_endpoints w set failing_since = null where w.id = any (recovered);

  with failed as (
    select a.endpoint_id, min(a.began_at) as first_at, max(a.began_at) as last_at, bool_or(a.gone) as gone
    from jsonb_to_recordset(sent) as a (endpoint_id bigint, began_at timestamptz, received boolean, gone boolean)
    group by a.endpoint_id
    having not bool_or(a.received) or bool_or(a.gone)
  )
  update webhook_endpoints w
  set
    failing_since = coalesce(w.failing_since, f.first_at),
    status = case when f.gone or w.failing_since <= f.last_at - patience then 'DISABLED' else w.status end,
    disabled_reason = case
      when f.gone then 'It answered 410 Gone.'
      when w.failing_since <= f.last_at - patience then 'It received nothing for three days.'
    end,
    updated_at = case when f.gone or w.failing_since <= f.last_at - patience then asked_at else w.updated_at end
  from failed f
  where w.id = f.endpoint_id
    and w.status = 'ENABLED'
    and (w.failing_since is null or f.gone or w.failing_since <= f.last_at - patience);
  return waited;
end
$function$
;

CREATE OR REPLACE FUNCTION public.redeliver_webhooks(merchant bigint, endpoint bigint, only_id bigint, after_id bigint, until_id bigint, most integer, asked_at timestamp with time zone)
 RETURNS TABLE(taken integer, last_id bigint)
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
#variable_conflict use_column
declare
  chosen bigint[];
begin
  perform 1 from webhook_endpoints w where w.merchant_id = merchant and w.id = endpoint for no key update;

  select array_agg(e.id order by e.id) into chosen
  from (
    select e.id
    from event_horizon h, webhook_endpoints w
    join events e on e.merchant_id = w.merchant_id
    where w.merchant_id = merchant
      and w.id = endpoint
      and e.id <= h.settled_id
      and case
        when only_id is null then e.id > after_id and e.id <= until_id and webhook_wanted(w.events, e.type)
        else e.id = only_id
      end
    order by e.id
    limit most
  ) e;

  insert into webhook_deliveries as d (merchant_id, endpoint_id, event_id, line, status, next_attempt_at, created_at)
  select e.merchant_id, endpoint, e.id, webhook_line(e.source_id, e.subject, e.subject_id), 'PENDING', asked_at, asked_at
  from events e
  where e.merchant_id = merchant and e.id = any (chosen)
  order by e.id
  on conflict on constraint webhook_deliveries_once do update
  set
    status = 'PENDING', attempts = 0, failures = 0, first_attempt_at = null, delivered_at = null, next_attempt_at = asked_at
  where d.status <> 'PENDING';

  -- What is put off for later; not what is in hand, nor what waits for another.
  update webhook_deliveries d
  set next_attempt_at = asked_at
  where d.merchant_id = merchant
    and d.endpoint_id = endpoint
    and d.event_id = any (chosen)
    and d.next_attempt_at > asked_at
    and not d.in_hand;

  return query
  select coalesce(cardinality(chosen), 0), case when cardinality(chosen) = most then chosen[most] end;
end
$function$
;

CREATE OR REPLACE FUNCTION public.release_webhook_deliveries(claimed jsonb, asked_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SET enable_seqscan TO 'off'
AS $function$
  update webhook_deliveries d
  set
    attempts = d.attempts - 1,
    first_attempt_at = case when d.attempts > 1 then d.first_attempt_at end,
    next_attempt_at = asked_at,
    in_hand = false
  from jsonb_to_recordset(claimed) as c (merchant_id bigint, delivery_id bigint, attempt integer)
  where d.merchant_id = c.merchant_id and d.id = c.delivery_id and d.attempts = c.attempt and d.in_hand
$function$
;

CREATE OR REPLACE FUNCTION public.reset_sandbox()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$
;

CREATE OR REPLACE FUNCTION public.tell_executions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    e.merchant_id, execution_subject(e.operation), e.id, coalesce(latest.sequence, 0) + 1,
    coalesce(e.source_id, original.source_id),
    execution_subject(e.operation) || '.' || execution_turn(e.status, e.requires_action), e.status, execution_news(e),
    e.updated_at
  from new_rows e
  join old_rows o on o.id = e.id and o.merchant_id = e.merchant_id
  left join executions original on original.id = e.refunds_execution_id and original.merchant_id = e.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = e.id and event.subject = execution_subject(e.operation) and event.merchant_id = e.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where e.status <> o.status or e.requires_action <> o.requires_action
  order by e.merchant_id, e.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_new_executions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    e.merchant_id, execution_subject(e.operation), e.id, 1, coalesce(e.source_id, original.source_id),
    execution_subject(e.operation) || '.' || execution_turn(e.status, e.requires_action), e.status, execution_news(e),
    e.created_at
  from new_rows e
  left join executions original on original.id = e.refunds_execution_id and original.merchant_id = e.merchant_id
  order by e.merchant_id, e.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_new_sessions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, at)
  select
    s.merchant_id, 'session', s.id, 1, coalesce(s.source_id, original.source_id),
    'session.' || case s.status when 'ACTIVE' then 'created' else lower(s.status) end, s.status, s.created_at
  from new_rows s
  left join executions original on original.id = s.refunds_execution_id and original.merchant_id = s.merchant_id
  order by s.merchant_id, s.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_new_sources()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    s.merchant_id, 'source', s.id, 1, s.id,
    'source.' || case s.status when 'IDLE' then 'created' when 'ACTIVE' then 'published' else lower(s.status) end,
    s.status, jsonb_build_object('total_minor', s.total_minor::text), s.created_at
  from new_rows s
  order by s.merchant_id, s.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_sessions()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, at)
  select
    s.merchant_id, 'session', s.id, coalesce(latest.sequence, 0) + 1, coalesce(s.source_id, original.source_id),
    'session.' || case s.status when 'ACTIVE' then 'created' else lower(s.status) end, s.status, s.updated_at
  from new_rows s
  join old_rows o on o.id = s.id and o.merchant_id = s.merchant_id
  left join executions original on original.id = s.refunds_execution_id and original.merchant_id = s.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = s.id and event.subject = 'session' and event.merchant_id = s.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where s.status <> o.status
  order by s.merchant_id, s.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_sources()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, source_id, type, status, data, at)
  select
    s.merchant_id, 'source', s.id, coalesce(latest.sequence, 0) + 1, s.id,
    'source.' || case
      when s.status <> 'ACTIVE' then lower(s.status)
      when o.status = 'IDLE' then 'published'
      else 'reopened'
    end,
    s.status, jsonb_build_object('total_minor', s.total_minor::text), s.updated_at
  from new_rows s
  join old_rows o on o.id = s.id and o.merchant_id = s.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = s.id and event.subject = 'source' and event.merchant_id = s.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where s.status <> o.status
  order by s.merchant_id, s.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.tell_wallets()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
begin
  insert into events (merchant_id, subject, subject_id, sequence, type, status, at)
  select
    w.merchant_id, 'wallet', w.id, coalesce(latest.sequence, 0) + 1, 'wallet.status_changed', w.status, w.updated_at
  from new_rows w
  join old_rows o on o.id = w.id and o.merchant_id = w.merchant_id
  left join lateral (
    select event.sequence
    from events event
    where event.subject_id = w.id and event.subject = 'wallet' and event.merchant_id = w.merchant_id
    order by event.sequence desc
    limit 1
  ) latest on true
  where w.status <> o.status and w.party_id is null
  order by w.merchant_id, w.id;
  return null;
end
$function$
;

CREATE OR REPLACE FUNCTION public.webhook_line(source_id bigint, subject text, subject_id bigint)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select coalesce('source:' || source_id, subject || ':' || subject_id)
$function$
;

CREATE OR REPLACE FUNCTION public.webhook_wanted(events text[], type text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select events && array['*', type, split_part(type, '.', 1) || '.*']
$function$
;

CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER events_written_by_triggers BEFORE INSERT ON public.events FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER execution_questions_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.execution_questions FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER executions_fixed BEFORE UPDATE OF merchant_id, id, reference_id, operation, session_id, source_id, refunds_execution_id, provider, method, payer_minor, payer_currency, payee_minor, payee_currency, platform_fee_minor, gateway_fee_minor, fx_fee_minor, fee_currency ON public.executions FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER executions_tell AFTER UPDATE ON public.executions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_executions();

CREATE TRIGGER executions_tell_new AFTER INSERT ON public.executions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_new_executions();

CREATE TRIGGER ledger_accounts_fixed BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_accounts FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_accounts_open_balance AFTER INSERT ON public.ledger_accounts FOR EACH ROW EXECUTE FUNCTION ledger_open_balance();

CREATE TRIGGER ledger_balances_kept BEFORE DELETE OR TRUNCATE ON public.ledger_balances FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_balances_written_by_postings BEFORE INSERT OR UPDATE ON public.ledger_balances FOR EACH STATEMENT WHEN ((pg_trigger_depth() = 0)) EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_entries_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_entries FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_postings_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_postings FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER ledger_postings_apply AFTER INSERT ON public.ledger_postings REFERENCING NEW TABLE AS new_postings FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_postings();

CREATE TRIGGER ledger_seals_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.ledger_seals FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER quarantine_decisions_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.quarantine_decisions FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER quarantined_outcomes_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.quarantined_outcomes FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER sessions_fixed BEFORE UPDATE OF merchant_id, id, type, source_id, refunds_execution_id ON public.sessions FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER sessions_tell AFTER UPDATE ON public.sessions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_sessions();

CREATE TRIGGER sessions_tell_new AFTER INSERT ON public.sessions REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_new_sessions();

CREATE TRIGGER sources_fixed BEFORE UPDATE OF merchant_id, id, kind, number_year, number_counter, currency ON public.sources FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();

CREATE TRIGGER sources_tell AFTER UPDATE ON public.sources REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_sources();

CREATE TRIGGER sources_tell_new AFTER INSERT ON public.sources REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_new_sources();

CREATE TRIGGER wallets_tell AFTER UPDATE ON public.wallets REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_wallets();

CREATE TRIGGER webhook_endpoints_left AFTER UPDATE OF status ON public.webhook_endpoints FOR EACH ROW WHEN (((old.status = 'ENABLED'::text) AND (new.status = 'DISABLED'::text))) EXECUTE FUNCTION leave_webhook_endpoint();

create view checkout_payment_intent_public_status as
 SELECT e.merchant_id,
    e.reference_id,
    e.session_id,
    event.sequence,
    e.id,
    source.kind AS source_type,
    e.source_id,
    event.status,
    COALESCE(((event.data -> 'requires_action'::text))::boolean, false) AS requires_action,
    (event.data ->> 'gateway_message'::text) AS gateway_message,
    event.at AS updated_at
   FROM ((executions e
     JOIN events event ON (((event.merchant_id = e.merchant_id) AND (event.subject_id = e.id) AND (event.subject = 'payment'::text))))
     JOIN sources source ON (((source.merchant_id = e.merchant_id) AND (source.id = e.source_id))))
  WHERE (e.operation = 'COLLECTION'::text);

create view event_details as
 SELECT event.merchant_id,
    event.id,
    event.type,
    event.version,
    event.subject,
    event.subject_id,
    event.sequence,
    event.source_id,
    event.status,
    event.data,
    event.at,
    source.kind AS source_kind,
    source.number_year,
    source.number_counter,
    source.currency AS source_currency,
    session.type AS session_type,
    session.expires_at,
    wallet.currency AS wallet_currency,
    e.reference_id,
    e.session_id,
    e.operation,
    e.provider,
    e.method,
    e.payer_minor,
    e.payer_currency,
    e.payee_minor,
    e.payee_currency,
    e.platform_fee_minor,
    e.gateway_fee_minor,
    e.fx_fee_minor,
    e.fee_currency,
    e.wallet_message
   FROM ((((events event
     LEFT JOIN executions e ON (((e.id = event.subject_id) AND (e.merchant_id = event.merchant_id) AND (event.subject = ANY (ARRAY['payment'::text, 'payout'::text, 'transfer'::text, 'refund'::text])))))
     LEFT JOIN sessions session ON (((session.id = event.subject_id) AND (session.merchant_id = event.merchant_id) AND (event.subject = 'session'::text))))
     LEFT JOIN wallets wallet ON (((wallet.id = event.subject_id) AND (wallet.merchant_id = event.merchant_id) AND (event.subject = 'wallet'::text))))
     LEFT JOIN sources source ON (((source.id = event.source_id) AND (source.merchant_id = event.merchant_id))));

create view paid_sources as
 SELECT source.merchant_id,
    source.id AS source_id,
    counterparty.relationship_type,
    party.fullname,
    party.phone,
    party.email,
    e.payer_minor,
    e.payer_currency,
    e.payee_minor,
    e.payee_currency,
    e.platform_fee_minor,
    e.gateway_fee_minor,
    e.fx_fee_minor,
    e.fee_currency,
    e.fx_rate_numerator,
    e.fx_rate_denominator,
    e.provider,
    e.method,
    account.account_name,
    e.confirmed_at,
    e.provider_transaction_id
   FROM ((((sources source
     JOIN executions e ON (((e.merchant_id = source.merchant_id) AND (e.id = source.paid_by_execution_id))))
     JOIN payment_accounts account ON (((account.merchant_id = e.merchant_id) AND (account.id = e.payment_account_id))))
     JOIN counterparties counterparty ON (((counterparty.merchant_id = source.merchant_id) AND (counterparty.id = source.counterparty_id))))
     JOIN parties party ON (((party.merchant_id = counterparty.merchant_id) AND (party.id = counterparty.party_id))))
  WHERE (source.status = 'PAID'::text);

create view provider_payments as
 SELECT merchant_id,
    id AS execution_id,
    provider,
    provider_reference,
    status,
    confirmed_at,
        CASE operation
            WHEN 'COLLECTION'::text THEN 'deposit'::text
            WHEN 'PAYOUT'::text THEN 'payout'::text
            ELSE 'refund'::text
        END AS kind,
        CASE operation
            WHEN 'COLLECTION'::text THEN payer_minor
            ELSE payee_minor
        END AS amount_minor,
        CASE operation
            WHEN 'COLLECTION'::text THEN payer_currency
            ELSE payee_currency
        END AS currency
   FROM executions e
  WHERE ((provider <> 'PLATFORM'::text) AND (operation <> 'TRANSFER'::text));

create view receipt_states as
 SELECT source.merchant_id,
    source.id AS source_id,
    source.kind,
    source.number_year,
    source.number_counter,
    source.paid_at,
    merchant.name AS merchant_name,
    e.payer_minor,
    e.payer_currency,
    e.method,
    e.provider_transaction_id,
    refunds.given_back_minor,
    refunds.under_way_minor
   FROM (((sources source
     JOIN merchants merchant ON ((merchant.id = source.merchant_id)))
     JOIN executions e ON (((e.merchant_id = source.merchant_id) AND (e.id = source.paid_by_execution_id))))
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(r.payee_minor) FILTER (WHERE (r.status = 'COMPLETED'::text)), (0)::numeric))::bigint AS given_back_minor,
            (COALESCE(sum(r.payee_minor) FILTER (WHERE (r.status = ANY (ARRAY['PENDING'::text, 'PROCESSING'::text]))), (0)::numeric))::bigint AS under_way_minor
           FROM executions r
          WHERE ((r.merchant_id = e.merchant_id) AND (r.refunds_execution_id = e.id))) refunds)
  WHERE (source.status = 'PAID'::text);

create view webhook_delivery_log as
 SELECT d.merchant_id,
    d.id,
    d.endpoint_id,
    d.event_id,
    e.type AS event_type,
    d.status,
    d.next_attempt_at,
    d.delivered_at,
    d.created_at
   FROM (webhook_deliveries d
     JOIN events e ON (((e.merchant_id = d.merchant_id) AND (e.id = d.event_id))));
