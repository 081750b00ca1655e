/**
 * Where this server means to differ from the contract, and why. The lines are those of `differences.ts`. One that is not
 * here fails the tests, and so does one that is here and no longer differs.
 */
const otherRelationship = 'some published pages still list OTHER: it is taken and echoed, so that their readers can pay'

const wholeNumber = 'an id is a whole number, however it is written: 18 and 18.0 pass, 18.5 is none'

export const deviations: Readonly<Record<string, string>> = {
  'CreateCounterPartyPayload.relationship_type: has OTHER too': otherRelationship,
  'UpdateCounterPartyPayload.relationship_type: has OTHER too': otherRelationship,
  'CounterPartyResponse.relationship_type: has OTHER too': otherRelationship,
  'CounterPartyWithPartyResponse.relationship_type: has OTHER too': otherRelationship,
  'InvoiceReceiptResponse.relationship_type: has OTHER too': otherRelationship,
  'OrderReceiptResponse.relationship_type: has OTHER too': otherRelationship,
  'list_counterparties query.relationship_type: has OTHER too': otherRelationship,
  'CreateCheckoutSourceRequestPayload.party_relationship: has OTHER too': otherRelationship,
  'CreatePayoutSessionPayload.payout_account_id: is integer, should be integer, number': wholeNumber,
  'PayoutExecutionPayload.payout_account_id: is integer, string, should be integer, number, string': wholeNumber,
}

/** Operations that refuse even a good request, and why. */
export const refusesAll: Readonly<Record<string, string>> = {}
