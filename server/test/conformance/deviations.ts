/**
 * Where this server means to differ from the contract, and why. The lines are those of `differences.ts`. One that is not
 * here fails the tests, and so does one that is here and no longer differs.
 */
const otherRelationship = 'some published pages still list OTHER: it is taken and echoed, so that their readers can pay'

export const deviations: Readonly<Record<string, string>> = {
  'CreateCounterPartyPayload.relationship_type: has OTHER too': otherRelationship,
  'UpdateCounterPartyPayload.relationship_type: has OTHER too': otherRelationship,
  'CounterPartyResponse.relationship_type: has OTHER too': otherRelationship,
  'CounterPartyWithPartyResponse.relationship_type: has OTHER too': otherRelationship,
  'InvoiceReceiptResponse.relationship_type: has OTHER too': otherRelationship,
  'OrderReceiptResponse.relationship_type: has OTHER too': otherRelationship,
  'list_counterparties query.relationship_type: has OTHER too': otherRelationship,
  'CreatePaymentAccountPayload.payment_method_id: is missing': 'card accounts are not taken yet',
}
