import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * pawaPay's own JSON (Merchant API v2). Only what we read is described; whatever else an answer carries is let through, as
 * their compatibility rules ask.
 */
const FailureReason = Type.Object({
  failureCode: Type.String(),
  failureMessage: Type.Optional(Type.String()),
})

export const InitiationAnswer = Compile(
  Type.Object({
    status: Type.Optional(Type.String()),
    failureReason: Type.Optional(FailureReason),
  }),
)

/** A deposit, a payout or a refund: told apart by the name of the id. */
const Payment = Type.Object({
  depositId: Type.Optional(Type.String()),
  payoutId: Type.Optional(Type.String()),
  refundId: Type.Optional(Type.String()),
  status: Type.String(),
  amount: Type.Optional(Type.String()),
  currency: Type.Optional(Type.String()),
  providerTransactionId: Type.Optional(Type.String()),
  failureReason: Type.Optional(FailureReason),
})
export type Payment = Static<typeof Payment>

export const LookupAnswer = Compile(Type.Object({ status: Type.String(), data: Type.Optional(Payment) }))

export const Callback = Compile(
  Type.Intersect([
    Type.Pick(Payment, ['depositId', 'payoutId', 'refundId']),
    // Whatever it says of its status, it speaks of its payment.
    Type.Object({ status: Type.Optional(Type.Unknown()) }),
  ]),
)

/** The whole of it matters only once its sender is known. */
export const CallbackPayment = Compile(Payment)

export const PublicKeys = Compile(Type.Array(Type.Object({ id: Type.String(), key: Type.String() })))

export const PredictionAnswer = Compile(Type.Object({ provider: Type.String() }))

const Step = Type.Object({ text: Type.String() })

/** How payers approve without waiting for the question. Help only: a configuration without it, or with another, is as good. */
export const PromptInstructions = Compile(
  Type.Object({
    channels: Type.Array(
      Type.Object({
        type: Type.String(),
        quickLink: Type.Optional(Type.String()),
        instructions: Type.Optional(Type.Record(Type.String(), Type.Array(Step))),
      }),
    ),
  }),
)

const OperationConfiguration = Type.Object({
  decimalsInAmount: Type.Optional(Type.String()),
  minAmount: Type.Optional(Type.String()),
  maxAmount: Type.Optional(Type.String()),
  minTransactionLimit: Type.Optional(Type.String()),
  maxTransactionLimit: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
  pinPrompt: Type.Optional(Type.Unknown()),
  pinPromptRevivable: Type.Optional(Type.Unknown()),
  pinPromptInstructions: Type.Optional(Type.Unknown()),
})
export type OperationConfiguration = Static<typeof OperationConfiguration>

const configuredOperation = Type.Intersect([OperationConfiguration, Type.Object({ operationType: Type.String() })])

export const ActiveConfiguration = Compile(
  Type.Object({
    countries: Type.Array(
      Type.Object({
        providers: Type.Array(
          Type.Object({
            provider: Type.String(),
            currencies: Type.Array(
              Type.Object({
                currency: Type.String(),
                // Older answers list the operations instead of naming them.
                operationTypes: Type.Union([
                  Type.Record(Type.String(), OperationConfiguration),
                  Type.Array(configuredOperation),
                ]),
              }),
            ),
          }),
        ),
      }),
    ),
  }),
)
export type ActiveConfiguration = {
  countries: {
    providers: {
      provider: string
      currencies: {
        currency: string
        operationTypes: Record<string, OperationConfiguration> | (OperationConfiguration & { operationType: string })[]
      }[]
    }[]
  }[]
}
