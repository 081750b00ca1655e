-- What merchants read events by: how far, and with what.

-- How far everybody may read. Ids are drawn before their transactions commit and a later one may commit first, so whoever read
-- up to the newest could step over one that is still being written: see events/horizon.ts, which alone moves this.
create table event_horizon (
  only_row boolean primary key default true,
  settled_id bigint not null,
  constraint event_horizon_one_row check (only_row)
);
insert into event_horizon (settled_id) values (0);

-- Events with what is told of them: a row's own columns are null where it is about something else.
create view event_details as
select
  event.merchant_id, event.id, event.type, event.version, event.subject, event.subject_id, event.sequence, event.source_id,
  event.status, event.data, event.at, source.kind as source_kind, source.number_year, source.number_counter,
  source.currency as source_currency, session.type as session_type, session.expires_at, wallet.currency as wallet_currency,
  e.reference_id, e.session_id, e.operation, e.provider, e.method, e.payer_minor, e.payer_currency, e.payee_minor,
  e.payee_currency, e.platform_fee_minor, e.gateway_fee_minor, e.fx_fee_minor, e.fee_currency, e.wallet_message
from events event
left join executions e
  on e.id = event.subject_id and e.merchant_id = event.merchant_id
  and event.subject in ('payment', 'payout', 'transfer', 'refund')
left join sessions session
  on session.id = event.subject_id and session.merchant_id = event.merchant_id and event.subject = 'session'
left join wallets wallet
  on wallet.id = event.subject_id and wallet.merchant_id = event.merchant_id and event.subject = 'wallet'
left join sources source
  on source.id = event.source_id and source.merchant_id = event.merchant_id;
