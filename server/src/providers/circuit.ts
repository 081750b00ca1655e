import { addMs, type Clock } from '../kernel/clock.ts'
import { type OperationType, type ProviderName } from '../kernel/enums.ts'
import { Unavailable } from '../kernel/problem.ts'
import { type Outcome, type Provider } from './provider.ts'

export interface CircuitSettings {
  /** How many orders in a row must be left without a clear answer; 0 never opens. */
  readonly unknowns: number
  /** The time that they fall within. */
  readonly withinMs: number
  /** How long an open circuit lets nothing through before it tries one order. */
  readonly openMs: number
}

export type CircuitState = 'closed' | 'open' | 'half-open'

interface Circuit {
  state: CircuitState
  since: Date
  /** When the last orders in a row were left without an answer, the oldest first. */
  unknownAt: Date[]
  /** Open: when one order is tried. Half-open: when another is, should the first one's answer never be seen. */
  probeAt: Date
}

/**
 * What this process has seen of its providers, one circuit for each of their operations. Opens after many orders in a row
 * without a clear answer: each of them is a payment whose outcome somebody has to wait for, and one more helps nobody. State
 * is this process's alone, and forgotten with it.
 */
export interface Circuits {
  /** Throws `Unavailable` while orders are to be kept back. The one that half-opens a circuit passes. */
  readonly admit: (provider: ProviderName, operation: OperationType) => void
  readonly read: (
    provider: ProviderName,
    operation: OperationType,
  ) => { readonly state: CircuitState; readonly since: Date | undefined }
  /** The same provider, whose answers to orders are counted. */
  readonly watch: (provider: Provider) => Provider
}

export function createCircuits(clock: Clock, { unknowns, withinMs, openMs }: CircuitSettings): Circuits {
  const circuits = new Map<string, Circuit>()
  const keyOf = (provider: ProviderName, operation: OperationType): string => `${provider} ${operation}`

  const saw = (key: string, outcome: Outcome): void => {
    const now = clock.now()
    if (outcome.kind !== 'unknown') {
      circuits.delete(key)
      return
    }
    const before = circuits.get(key)
    const recent = (before?.unknownAt ?? []).filter((at) => at > addMs(now, -withinMs))
    const unknownAt = [...recent, now].slice(-unknowns)
    const opens = before?.state === 'half-open' || unknownAt.length >= unknowns
    if (before?.state === 'open') return
    circuits.set(key, {
      unknownAt,
      state: opens ? 'open' : 'closed',
      since: before?.state === 'half-open' ? before.since : now,
      probeAt: addMs(now, openMs),
    })
  }

  return {
    admit(provider, operation) {
      const circuit = circuits.get(keyOf(provider, operation))
      if (!circuit || circuit.state === 'closed') return
      const now = clock.now()
      const waitMs = circuit.probeAt.getTime() - now.getTime()
      if (waitMs > 0) throw new Unavailable('The payment network is not answering', Math.ceil(waitMs / 1_000))
      circuit.state = 'half-open'
      circuit.probeAt = addMs(now, openMs)
    },
    read(provider, operation) {
      const circuit = circuits.get(keyOf(provider, operation))
      return circuit && circuit.state !== 'closed'
        ? { state: circuit.state, since: circuit.since }
        : { state: 'closed', since: undefined }
    },
    watch: (provider) =>
      unknowns === 0
        ? provider
        : {
            ...provider,
            async submit(order) {
              const outcome = await provider.submit(order)
              saw(keyOf(provider.name, order.operation), outcome)
              return outcome
            },
          },
  }
}
