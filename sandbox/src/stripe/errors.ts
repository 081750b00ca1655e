import type { PaymentIntent, PaymentMethod } from './objects.ts'

export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'

/** What Stripe says of an error; what is undefined is left out. */
export interface ErrorFields {
  readonly type: ErrorType
  readonly message: string
  readonly code?: string | undefined
  readonly decline_code?: string | undefined
  readonly advice_code?: string | undefined
  readonly network_decline_code?: string | undefined
  readonly param?: string | undefined
  readonly charge?: string | undefined
  readonly payment_intent?: PaymentIntent | undefined
  readonly payment_method?: PaymentMethod | undefined
}

/** Answered as Stripe answers an error: a status and what is wrong. */
export class StripeProblem extends Error {
  readonly status: number
  readonly fields: ErrorFields

  constructor(status: number, fields: ErrorFields) {
    super(fields.message)
    this.status = status
    this.fields = fields
  }

  get body() {
    return { error: withDocumentation(this.fields) }
  }
}

export const withDocumentation = <Fields extends { readonly code?: string | undefined }>(fields: Fields) => ({
  ...fields,
  ...(fields.code !== undefined && {
    doc_url: `https://stripe.com/docs/error-codes/${fields.code.replaceAll('_', '-')}`,
  }),
})

export const invalid = (
  message: string,
  more: Pick<ErrorFields, 'code' | 'param' | 'payment_intent'> = {},
): StripeProblem => new StripeProblem(400, { type: 'invalid_request_error', message, ...more })

/** In the address it is not found; in a parameter the request is wrong. */
export const missing = (what: string, id: string, param: string, status: 400 | 404 = 400): StripeProblem =>
  new StripeProblem(status, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${what}: '${id}'`,
    param,
  })
