import { type PaymentMethod, paymentMethods } from '../kernel/enums.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { providerCode } from '../providers/pawapay/translate.ts'
import { type Dial, type Fault, isApiFault, type ProviderFault } from './model.ts'
import { type Simulator, type Simulators } from './simulators.ts'

/** Our names of faults in the simulators' words. */
const theirNames: Readonly<Record<ProviderFault, string>> = {
  duplicate_callback: 'duplicate-callback',
  lost_callback: 'lost-callback',
  operator_closed: 'closed',
  provider_lost_reply: 'lost-reply',
  provider_error_after_effect: 'error-after-effect',
  provider_slow: 'slow-reply',
}

const isCard = (method: string | undefined): boolean => method === 'CREDIT_CARD'

/** Cards have no operator who could be closed. */
const reaches = (network: keyof Simulators, { fault, method }: Fault): boolean =>
  network === 'stripe' ? (method === undefined || isCard(method)) && fault !== 'operator_closed' : !isCard(method)

const toTheirs = ({ fault, next, rate, method, delayMs }: Fault) => ({
  fault: isApiFault(fault) ? undefined : theirNames[fault],
  next,
  rate,
  delayMs,
  provider: method === undefined || isCard(method) ? undefined : providerCode(method as PaymentMethod),
})

/** Which network is told of which faults of the dial. */
export const sharesOf = (network: keyof Simulators, faults: readonly Fault[]): readonly Fault[] =>
  faults.filter((fault) => !isApiFault(fault.fault) && reaches(network, fault))

/** Throws `InvalidRequest` for methods that nobody could do this to. */
export function requireMethods(faults: readonly Fault[]): void {
  faults.forEach(({ fault, method }, index) => {
    if (isApiFault(fault) || method === undefined) return
    const known = paymentMethods.some((each) => each === method && each !== 'WALLET')
    if (!known || (fault === 'operator_closed' && isCard(method))) {
      const message = `${fault} cannot happen to ${method}`
      throw new InvalidRequest({ field: ['faults', index, 'method'], rule: 'combination', message })
    }
  })
}

const networks = ['pawapay', 'stripe'] as const

const each = (simulators: Simulators): (readonly [keyof Simulators, Simulator])[] =>
  networks.flatMap((name) => {
    const simulator = simulators[name]
    return simulator ? [[name, simulator] as const] : []
  })

/** Tells the networks what shall go wrong with them, from the first order on. One that does not answer has nothing to forget. */
export async function handOver(simulators: Simulators, { seed, faults }: Pick<Dial, 'seed' | 'faults'>): Promise<void> {
  await Promise.all(
    each(simulators).map(async ([name, simulator]) => {
      const share = sharesOf(name, faults)
      const told = simulator.post('dial', { seed, faults: share.map(toTheirs) })
      await (share.length > 0 ? told : told.catch(() => undefined))
    }),
  )
}

const readInjected = (body: unknown): readonly number[] => {
  const { injected } = (body ?? {}) as { readonly injected?: unknown }
  return Array.isArray(injected) ? injected.map(Number) : []
}

/** How often what was handed over has happened. */
export async function withInjected(simulators: Simulators, dial: Dial): Promise<Dial> {
  const counts = new Map<number, number>()
  for (const [name, simulator] of each(simulators)) {
    const shares = dial.faults.filter((fault) => !isApiFault(fault.fault) && reaches(name, fault))
    if (shares.length === 0) continue
    const injected = readInjected(await simulator.get('dial'))
    shares.forEach(({ position }, index) => counts.set(position, (counts.get(position) ?? 0) + (injected[index] ?? 0)))
  }
  return {
    ...dial,
    faults: dial.faults.map((fault) => ({ ...fault, injected: fault.injected + (counts.get(fault.position) ?? 0) })),
  }
}
