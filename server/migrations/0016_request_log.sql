-- Calls of merchants with what they were answered, for as long as DOLLR_REQUEST_LOG_DAYS: redacted before they get here.
create table logged_requests (
  merchant_id bigint not null,
  id bigint generated always as identity,
  -- What the answer called itself in X-Request-Id.
  request_id text not null,
  at timestamptz not null,
  method text not null,
  path text not null,
  query text,
  status smallint not null,
  duration_ms integer not null,
  reference_id text,
  -- As JSON, and cut ones as a text: kept as they are and never looked into.
  request_body json,
  response_body json,
  warnings json not null,
  primary key (merchant_id, id)
);
create index logged_requests_reference on logged_requests (reference_id, merchant_id, id) where reference_id is not null;
create index logged_requests_time on logged_requests (at);
