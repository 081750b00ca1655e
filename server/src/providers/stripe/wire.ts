import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** What we read of Stripe's events; their objects are of the version of the endpoint, and carry far more. */
const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

const Metadata = nullable(Type.Record(Type.String(), Type.String()))

const IntentObject = Type.Object({
  object: Type.Literal('payment_intent'),
  id: Type.String(),
  status: Type.String(),
  amount_received: Type.Optional(Type.Integer()),
  currency: Type.String(),
  metadata: Metadata,
  last_payment_error: nullable(Type.Object({ code: nullable(Type.String()), decline_code: nullable(Type.String()) })),
  cancellation_reason: nullable(Type.String()),
})

const RefundObject = Type.Object({
  object: Type.Literal('refund'),
  id: Type.String(),
  status: Type.Union([Type.String(), Type.Null()]),
  amount: Type.Integer(),
  currency: Type.String(),
  metadata: Metadata,
  failure_reason: nullable(Type.String()),
})

const EventObject = Type.Union([IntentObject, RefundObject])
export type EventObject = Static<typeof EventObject>

export const AnyEvent = Compile(Type.Object({ id: Type.String(), type: Type.String() }))

/** An event about something that may be ours. */
export const PaymentEvent = Compile(Type.Object({ data: Type.Object({ object: EventObject }) }))
