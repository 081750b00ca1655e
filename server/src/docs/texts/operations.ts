import { type OperationText } from '../../platform/http/openapi.ts'

const anInvoice = {
  counterparty_id: 15,
  currency: 'USD',
  note: 'Consulting services',
  fee_bearer: 'PAYER',
  as_payment_link: true,
}
const anOrder = {
  counterparty_id: 7,
  currency: 'LRD',
  note: 'Two bags of rice',
  fee_bearer: 'PAYEE',
  as_payment_link: true,
}
const anItem = { name: 'Strategy session', currency: 'USD', qty: 1, amount: 250 }
const reference = '550e8400-e29b-41d4-a716-446655440000'

const draftsOnly = 'Only drafts, status `IDLE`, can be edited.'
const once =
  'Send the same body under the same `reference_id` as often as you like: it happens once, and the answer tells how it stands. Another body under that key is a 422. A refused call (4xx) does not use the key up.'
const whenPaid = 'Before the document is `PAID` the answer is 404.'

/** What an operation does, for people. What it takes and answers is read from its route. */
export const operations: Readonly<Record<string, OperationText>> = {
  client_obtain_token: {
    summary: 'Get a token',
    description:
      'Send it as `Authorization: Bearer` with every other call. `expires_in` is in minutes; renew it when fewer than five are left. Older tokens stay good until they expire.',
    example: { client_id: 'sandbox', client_secret: 'sandbox-secret' },
  },
  create_party: {
    summary: 'Create a contact',
    description: 'The same phone may be used by several contacts.',
    example: { fullname: 'Amara Kamara', phone: '231771234567', email: 'amara@example.com', country_code: 'LR' },
  },
  list_parties: { summary: 'List contacts', description: '`fullname` matches a part of the name.' },
  retrieve_parties: { summary: 'Fetch a contact' },
  create_counterparty: {
    summary: 'Say what a contact is to you',
    description: 'Without a `party_id`, only `SELF`: you yourself.',
    example: { relationship_type: 'CUSTOMER', party_id: 42 },
  },
  list_counterparties: { summary: 'List counterparties' },
  retrieve_counterparties: { summary: 'Fetch a counterparty and its contact' },
  update_counterparty: {
    summary: 'Change a counterparty',
    description: 'What is left out or null stays as it is.',
    example: { relationship_type: 'SUPPLIER' },
  },
  create_invoice: {
    summary: 'Draft an invoice',
    description: 'It has a number at once. Add lines, then publish it.',
    example: anInvoice,
  },
  list_invoice: { summary: 'List invoices', description: 'Newest first.' },
  retrieve_invoice_by_id: { summary: 'Fetch an invoice with its lines' },
  retrieve_invoice_by_number: { summary: 'Fetch an invoice by its number' },
  update_invoice: { summary: 'Edit a draft invoice', description: draftsOnly, example: { note: 'Two lessons' } },
  add_invoice_item: {
    summary: 'Add a line to an invoice',
    description: `\`amount\` is the price of one. ${draftsOnly}`,
    example: anItem,
  },
  update_invoice_item: { summary: 'Edit a line of an invoice', description: draftsOnly, example: { qty: 2 } },
  remove_invoice_item: { summary: 'Remove a line of an invoice', description: draftsOnly },
  publish_invoice: {
    summary: 'Publish an invoice',
    description: 'From now on it can be paid, and nobody can edit it. It takes no body.',
  },
  cancel_invoice: {
    summary: 'Cancel an invoice',
    description: 'For good. While a payment is under way, and once it is paid, this is a 422.',
  },
  retrieve_invoice_receipt_by_id: { summary: 'Fetch the receipt of an invoice', description: whenPaid },
  retrieve_invoice_receipt_by_number: { summary: "Fetch a receipt by the invoice's number", description: whenPaid },
  create_order: {
    summary: 'Draft an order',
    description: 'It has a number at once. Add lines, then publish it.',
    example: anOrder,
  },
  list_order: { summary: 'List orders', description: 'Newest first.' },
  retrieve_order_by_id: { summary: 'Fetch an order with its lines' },
  retrieve_order_by_number: { summary: 'Fetch an order by its number' },
  update_order: { summary: 'Edit a draft order', description: draftsOnly, example: { note: 'Three bags of rice' } },
  add_order_item: {
    summary: 'Add a line to an order',
    description: `\`amount\` is the price of one. ${draftsOnly}`,
    example: { name: 'Rice, 25 kg', currency: 'LRD', qty: 2, amount: 3500 },
  },
  update_order_item: { summary: 'Edit a line of an order', description: draftsOnly, example: { qty: 3 } },
  remove_order_item: { summary: 'Remove a line of an order', description: draftsOnly },
  publish_order: {
    summary: 'Publish an order',
    description: 'From now on it can be paid, and nobody can edit it. It takes no body.',
  },
  cancel_order: {
    summary: 'Cancel an order',
    description: 'For good. While a payment is under way, and once it is paid, this is a 422.',
  },
  retrieve_order_receipt_by_id: { summary: 'Fetch the receipt of an order', description: whenPaid },
  retrieve_order_receipt_by_number: { summary: "Fetch a receipt by the order's number", description: whenPaid },
  create_checkout_source: {
    summary: 'Create a hosted checkout',
    description:
      'Makes contact, counterparty and document, publishes the document and answers the `url` of its payment page. Lines have no `qty`. With `success_url` the payer comes back after paying; that proves nothing, so ask for the status of the document.',
    example: {
      mode: 'HOSTED',
      source_kind: 'INVOICE',
      party_name: 'Amara Kamara',
      party_phone: '231771234567',
      currency: 'USD',
      items: [{ name: 'Consulting', currency: 'USD', amount: 250 }],
      success_url: 'https://shop.example/paid',
      cancel_url: 'https://shop.example/basket',
    },
  },
  get_payment_link: {
    summary: "Get the address of a document's payment page",
    description: 'For a published document made with `as_payment_link: true`.',
  },
  get_receipt_link: { summary: "Get the address of a document's receipt", description: whenPaid },
  create_checkout_session: {
    summary: 'Open a session to collect a document',
    description: 'For a published document. It lasts 30 minutes and is used once.',
    example: { source_id: 101, source_type: 'INVOICE' },
  },
  create_payout_session: {
    summary: 'Open a session to pay out',
    description: 'The wallet is the one in `currency`. It lasts 15 minutes. Merchants that are not verified get a 403.',
    example: { payout_account_id: 18, amount: 100, currency: 'USD' },
  },
  create_transfer_session: {
    summary: 'Open a session to move funds to another wallet',
    description: 'From your wallet to the wallet of a counterparty on this platform.',
    example: {
      from_wallet_id: 3,
      to_counterparty_id: 15,
      amount: 10,
      currency: 'USD',
      expires_at: '2030-01-01T00:00:00Z',
    },
  },
  create_refund_session: {
    summary: 'Open a session to refund a collection',
    description:
      'All of it or a part, in the currency the payer paid in. `original_payment_intent_id` is the `payment_intent_id` of the collection.',
    example: { original_payment_intent_id: 12, amount: 100, reason: 'Returned', expires_at: '2030-01-01T00:00:00Z' },
  },
  create_payment_account: {
    summary: 'Register a wallet or a card of a contact',
    description:
      'For a collection the account of who pays, for a payout the account of who is paid. Without `insensitive_account_number` it takes the phone of the contact. A card account pays once.',
    example: {
      account_name: 'Amara MTN wallet',
      provider: 'PAWAPAY',
      method: 'MTN_MOMO_LBR',
      party_id: 42,
      country_code: 'LR',
      insensitive_account_number: '231771234567',
    },
  },
  collect: {
    summary: 'Charge the payer',
    description: `Asks the payer's network, which asks the payer. The answer is rarely final: wait for an event, or ask for the status. ${once}`,
    example: { session_id: '55', payment_account_id: '18', currency: 'USD', reference_id: reference },
  },
  payout: {
    summary: 'Pay a beneficiary',
    description: `Amount and fees leave the wallet at once and are held until the network has said what became of them. Too little in the wallet is an answer with status \`FAILED\` and a \`wallet_message\`. ${once}`,
    example: {
      session_id: '42',
      payout_account_id: '18',
      reference_id: reference,
      passcode: {
        token: { phone: '231770000000', code: '123456' },
        device: {
          name: 'Payout server',
          type: 'SERVER',
          platform: 'NODE',
          user_agent: 'payouts/1.0',
          client_ip: '203.0.113.10',
        },
      },
    },
  },
  transfer: {
    summary: 'Move funds to the wallet of a counterparty',
    description: `Final at once. ${once}`,
    example: { session_id: '43', reference_id: reference },
  },
  refund: {
    summary: 'Give a collection back',
    description: `To the account that paid. ${once}`,
    example: { session_id: '44', reference_id: reference },
  },
  get_collection_status: {
    summary: 'How a collection stands',
    description: 'A 404 says that no collection was ever made under this key.',
  },
  get_payout_status: { summary: 'How a payout stands' },
  get_transfer_status: { summary: 'How a transfer stands' },
  get_refund_status: { summary: 'How a refund stands' },
  get_payment_source_status: {
    summary: 'How a document stands',
    description: 'What to ask before you deliver: `PAID` is the proof.',
  },
  predict_amount_and_fee: {
    summary: 'Quote an amount',
    description:
      'Amounts are decimal strings. A quote is no promise: the execution computes with the rates of its moment.',
  },
  predict_payment_source_amount_and_fee: { summary: 'Quote a published document' },
  predict_mmo_provider_info: { summary: 'Whose number a phone is' },
  predict_card_provider_info: {
    summary: 'Look a card up',
    description: "`payment_method_id` is the card network's own token. Card numbers are refused everywhere.",
  },
  get_gateway_fees: { summary: "The payment network's fee" },
  get_platform_fees: { summary: "The platform's fee" },
  get_merchant_fee_tier: { summary: 'Your fee tier' },
  list_fee_tier: { summary: 'List fee tiers' },
  get_merchant_info: { summary: 'Your profile', description: 'The id is in your token, as `merchant_id`.' },
  get_collection_realtime_key: {
    summary: 'Get a token to watch a payment',
    description: 'For a browser. `expires_in` is in seconds here. What arrives is a hint: ask for the status.',
    example: { session_id: 55, source_type: 'INVOICE', reference_id: reference },
  },
  get_execution_timeline: { summary: 'Everything that happened to an execution' },
  list_executions: { summary: 'List executions', description: 'Newest first.' },
  get_providers_availability: { summary: 'Which networks are open' },
  list_wallets: { summary: 'List your wallets' },
  get_wallet_statement: { summary: 'What moved in a wallet', description: 'Newest first.' },
  list_events: {
    summary: 'Read what happened',
    description:
      'Oldest first, from where you stopped: give the `next_after` of the page before as `after`. Without it from the first event; `latest` is the position of now. Complete and in order.',
  },
  retrieve_event: { summary: 'Fetch an event' },
  create_webhook_endpoint: {
    summary: 'Name an address to be told at',
    description: 'The `secret` that deliveries are signed with is in this answer and in no other.',
    example: { url: 'https://shop.example/webhooks', events: ['payment.*', 'source.paid'] },
  },
  list_webhook_endpoints: { summary: 'List webhook endpoints' },
  retrieve_webhook_endpoint: { summary: 'Fetch a webhook endpoint' },
  update_webhook_endpoint: {
    summary: 'Change a webhook endpoint',
    description: 'Also enables one again that was disabled.',
    example: { status: 'ENABLED' },
  },
  delete_webhook_endpoint: { summary: 'Delete a webhook endpoint' },
  rotate_webhook_secret: {
    summary: 'Change the secret of a webhook endpoint',
    description: 'For a while deliveries are signed with both, so that none is refused.',
    example: { overlap_hours: 24 },
  },
  test_webhook_endpoint: {
    summary: 'Send a webhook endpoint a test, now',
    description: 'The answer says what came back.',
  },
  list_webhook_deliveries: { summary: 'What was sent to a webhook endpoint', description: 'Newest first.' },
  redeliver_webhooks: {
    summary: 'Have events sent again',
    description: 'One, by `event_id`, or a range, by `after` and `until`.',
    example: { event_id: 'evt_4711' },
  },
  list_sandbox_scenarios: {
    summary: 'List the payers and cards of the sandbox',
    description: 'Which phone or card brings about what.',
  },
  list_sandbox_payments: { summary: 'List the payments whose payer is being asked' },
  approve_sandbox_payment: { summary: 'Let a payer approve' },
  decline_sandbox_payment: { summary: 'Let a payer decline' },
  ignore_sandbox_payment: { summary: 'Let a payer do nothing' },
  get_sandbox_clock: { summary: 'What time it is in the sandbox' },
  advance_sandbox_clock: {
    summary: 'Let time pass',
    description: 'Sessions expire and what is due is done, as if that much time had gone by.',
    example: { seconds: 3600 },
  },
  reset_sandbox: { summary: 'Begin anew', description: 'Everything that was made is gone.' },
  list_requests: {
    summary: 'Read the calls you made',
    description: 'With bodies and warnings, without secrets. Newest first; after a position, oldest first.',
  },
  get_sandbox_faults: { summary: 'What goes wrong on purpose' },
  set_sandbox_faults: {
    summary: 'Make something go wrong on purpose',
    description: 'The next calls, or a share of all calls. The same seed brings the same calls to grief.',
    example: { seed: 42, faults: [{ fault: 'lost_reply', next: 1, path: '/v1/executions/' }] },
  },
  clear_sandbox_faults: { summary: 'Let everything go well again' },
  start_sandbox_recording: { summary: 'Record what is called and what goes wrong', example: { seed: 42 } },
  get_sandbox_recording: { summary: 'Fetch a recording' },
  replay_sandbox_recording: { summary: 'Let the same things go wrong again' },
}
