-- What browsers may know of the payment of a document: a row for every status an execution has had, in the words that go
-- out. Events of one execution are written under its lock, so their ids grow in the order they were committed in; those of
-- two executions may not.
create view checkout_payment_intent_public_status as
select
  e.merchant_id, e.reference_id, e.session_id, event.id as event_id, e.id, source.kind as source_type, e.source_id,
  event.status, false as requires_action, event.gateway_message, event.at as updated_at,
  not exists (
    select 1
    from execution_events earlier
    where earlier.merchant_id = event.merchant_id
      and earlier.execution_id = event.execution_id
      and earlier.id < event.id
  ) as is_first
from executions e
join execution_events event
  on event.merchant_id = e.merchant_id and event.execution_id = e.id
join sources source
  on source.merchant_id = e.merchant_id and source.id = e.source_id
where e.operation = 'COLLECTION';
