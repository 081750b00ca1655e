import { type Clock } from '../kernel/clock.ts'
import { mobileMoneyMethods, type PaymentMethod, type ProviderName } from '../kernel/enums.ts'
import { networkOf } from '../payment-methods/index.ts'
import { type Circuits } from './circuit.ts'
import { type Provider, type ReportedStatus } from './provider.ts'

/** What payments can go through now. DELAYED money out waits; a DELAYED collection is refused by its network. */
export const availabilityStatuses = ['OPERATIONAL', 'DELAYED', 'CLOSED'] as const
export type AvailabilityStatus = (typeof availabilityStatuses)[number]

export const availabilityOperations = ['COLLECTION', 'PAYOUT', 'REFUND'] as const
type AvailabilityOperation = (typeof availabilityOperations)[number]

export interface Availability {
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly operation: AvailabilityOperation
  readonly status: AvailabilityStatus
  /** Since when this process knows of it. */
  readonly since: Date
  readonly reason: string | undefined
}

const reported: Record<ReportedStatus, Pick<Availability, 'status' | 'reason'>> = {
  OPERATIONAL: { status: 'OPERATIONAL', reason: undefined },
  DELAYED: { status: 'DELAYED', reason: 'The network reports delays.' },
  CLOSED: { status: 'CLOSED', reason: 'The network reports that it is closed.' },
  ABSENT: { status: 'CLOSED', reason: 'Not enabled with the provider.' },
  NOT_READ: { status: 'CLOSED', reason: 'The provider has not told yet what it offers.' },
}

/** Mobile money alone: cards have no operator that could be away. */
const methodsOf = ({ name }: Provider) => mobileMoneyMethods.filter((method) => networkOf(method) === name)

/** Remembers how each method stood when it was last looked at, so that a change has a time. */
export function createAvailability(
  clock: Clock,
  providers: ReadonlyMap<ProviderName, Provider>,
  circuits: Circuits,
): () => readonly Availability[] {
  const known = new Map<string, Availability>()

  const judge = (provider: Provider, method: PaymentMethod, operation: AvailabilityOperation): Availability => {
    const circuit = circuits.read(provider.name, operation)
    const subject = { provider: provider.name, method, operation, since: clock.now() }
    const told = { ...subject, ...reported[provider.statusOf(method, operation)] }
    if (circuit.since === undefined || told.status === 'CLOSED') return told
    return {
      ...subject,
      since: circuit.since,
      status: circuit.state === 'open' ? 'CLOSED' : 'DELAYED',
      reason: 'The provider leaves orders without a clear answer.',
    }
  }

  return () =>
    [...providers.values()].flatMap((provider) =>
      methodsOf(provider).flatMap((method) =>
        availabilityOperations.map((operation) => {
          const key = `${provider.name} ${method} ${operation}`
          const [before, now] = [known.get(key), judge(provider, method, operation)]
          const stands = before?.status === now.status && before.reason === now.reason ? before : now
          known.set(key, stands)
          return stands
        }),
      ),
    )
}
