import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type ExecutionStatus, type OperationType, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { methodOf } from '../providers/pawapay/translate.ts'
import { type Simulators } from './simulators.ts'

/** A way to see an outcome. */
export interface Scenario {
  readonly name: string
  readonly operation: OperationType
  readonly provider: ProviderName
  readonly method: PaymentMethod
  /** The phone number, or the card's token, that brings it about. */
  readonly number: string
  readonly outcome: ExecutionStatus
  readonly failureCode: string | undefined
  readonly description: string
}

const told = {
  name: Type.String(),
  status: Type.Enum(['COMPLETED', 'FAILED', 'PROCESSING']),
  failureCode: Type.Optional(Type.String()),
  description: Type.String(),
}

const PawapayScenarios = Compile(
  Type.Object({
    scenarios: Type.Array(
      Type.Object({
        ...told,
        operation: Type.Enum(['DEPOSIT', 'PAYOUT', 'REFUND']),
        provider: Type.String(),
        phoneNumber: Type.String(),
      }),
    ),
  }),
)

const CardScenarios = Compile(Type.Object({ scenarios: Type.Array(Type.Object({ ...told, token: Type.String() })) }))

const ourOperations = { DEPOSIT: 'COLLECTION', PAYOUT: 'PAYOUT', REFUND: 'REFUND' } as const

/** From the simulators themselves, so that what is told is what happens. */
export async function listScenarios({ pawapay, stripe }: Simulators): Promise<Scenario[]> {
  const [mobile, cards] = await Promise.all([pawapay?.get('scenarios'), stripe?.get('scenarios')])
  const byPhone = PawapayScenarios.Check(mobile) ? mobile.scenarios : []
  const byCard = CardScenarios.Check(cards) ? cards.scenarios : []
  return [
    ...byPhone.flatMap(
      ({ operation, provider, phoneNumber: number, status: outcome, name, failureCode, description }) => {
        const method = methodOf(provider)
        const more = { number, outcome, name, failureCode, description }
        return method ? [{ operation: ourOperations[operation], provider: 'PAWAPAY' as const, method, ...more }] : []
      },
    ),
    ...byCard.map(({ token: number, status: outcome, name, failureCode, description }) => ({
      operation: 'COLLECTION' as const,
      provider: 'STRIPE' as const,
      method: 'CREDIT_CARD' as const,
      ...{ number, outcome, name, failureCode, description },
    })),
  ]
}
