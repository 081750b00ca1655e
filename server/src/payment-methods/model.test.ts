import { expect, test } from 'vitest'
import {
  type OperationType,
  operationTypes,
  type PaymentMethod,
  paymentMethods,
  providerInputs,
} from '../kernel/enums.ts'
import { guessCarrier, routeMethod } from './model.ts'

// Section 21: what each method is for.
test.each<[PaymentMethod, OperationType[]]>([
  ['MTN_MOMO_LBR', ['COLLECTION', 'PAYOUT', 'REFUND']],
  ['ORANGE_MONEY_LBR', ['COLLECTION', 'PAYOUT', 'REFUND']],
  ['AIRTEL_RWA', ['COLLECTION', 'PAYOUT', 'REFUND']],
  ['MTN_MOMO_RWA', ['COLLECTION', 'PAYOUT', 'REFUND']],
  ['ORANGE_MONEY_RWA', ['COLLECTION', 'PAYOUT', 'REFUND']],
  ['CREDIT_CARD', ['COLLECTION', 'REFUND']],
  ['WALLET', ['PAYOUT', 'TRANSFER', 'REFUND']],
])('%s carries %j', (method, operations) => {
  const carried = operationTypes.filter((operation) =>
    providerInputs.some((provider) => routeMethod(provider, method, operation) !== undefined),
  )
  expect(carried.toSorted()).toEqual(operations.toSorted())
})

test('a method goes by its network, and mobile money by its own name too; nothing else routes it', () => {
  const routed = paymentMethods.map((method) => [
    method,
    Object.fromEntries(
      providerInputs.flatMap((provider) => {
        const network = routeMethod(provider, method, 'REFUND')
        return network ? [[provider, network]] : []
      }),
    ),
  ])
  expect(Object.fromEntries(routed)).toEqual({
    MTN_MOMO_LBR: { PAWAPAY: 'PAWAPAY', MTN_MOMO_LBR: 'PAWAPAY' },
    ORANGE_MONEY_LBR: { PAWAPAY: 'PAWAPAY', ORANGE_MONEY_LBR: 'PAWAPAY' },
    AIRTEL_RWA: { PAWAPAY: 'PAWAPAY', AIRTEL_RWA: 'PAWAPAY' },
    MTN_MOMO_RWA: { PAWAPAY: 'PAWAPAY', MTN_MOMO_RWA: 'PAWAPAY' },
    ORANGE_MONEY_RWA: { PAWAPAY: 'PAWAPAY', ORANGE_MONEY_RWA: 'PAWAPAY' },
    CREDIT_CARD: { STRIPE: 'STRIPE' },
    WALLET: { PLATFORM: 'PLATFORM' },
  })
})

test.each([
  ['231880000000', 'MTN_MOMO_LBR'],
  ['231555000000', 'MTN_MOMO_LBR'],
  ['231770000000', 'ORANGE_MONEY_LBR'],
  ['231760000000', 'ORANGE_MONEY_LBR'],
  ['231761000000', 'ORANGE_MONEY_LBR'],
  ['250780000000', 'MTN_MOMO_RWA'],
  ['250790000000', 'MTN_MOMO_RWA'],
  ['250720000000', 'AIRTEL_RWA'],
  ['250730000000', 'AIRTEL_RWA'],
])('%s was first given to %s', (phone, method) => {
  expect(guessCarrier(phone)?.method).toBe(method)
})

test.each(['231762000000', '231556000000', '250710000000', '254700000000', '1231880000000', ''])(
  '%j is no number of an operator here',
  (phone) => {
    expect(guessCarrier(phone)).toBeUndefined()
  },
)
