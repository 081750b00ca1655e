import { createHash } from 'node:crypto'
import { type InjectedFault } from '../platform/http/faults.ts'

/** What callers of ours may be made to live through. */
export const apiFaults = ['lost_reply', 'error_after_effect', 'slow'] as const
export type ApiFault = (typeof apiFaults)[number]

/** What the simulated networks may be made to do to us. */
export const providerFaults = [
  'duplicate_callback',
  'lost_callback',
  'operator_closed',
  'provider_lost_reply',
  'provider_error_after_effect',
  'provider_slow',
] as const
export type ProviderFault = (typeof providerFaults)[number]

export const faultNames = [...apiFaults, ...providerFaults] as const
export type FaultName = (typeof faultNames)[number]

export const isApiFault = (fault: FaultName): fault is ApiFault => apiFaults.some((each) => each === fault)

/** As it was asked for. */
export interface Fault {
  readonly fault: FaultName
  /** How often at most; undefined is without end. */
  readonly next: number | undefined
  /** How likely; undefined is every time. */
  readonly rate: number | undefined
  /** How the path of a call begins that it happens to; undefined is any. */
  readonly path: string | undefined
  /** The method of payment that it happens to; undefined is any. */
  readonly method: string | undefined
  readonly delayMs: number | undefined
}

/** As it stands on the dial. */
export interface DialledFault extends Fault {
  readonly position: number
  readonly injected: number
}

export interface Dial {
  /** Another one with every setting. */
  readonly id: number
  readonly seed: number
  readonly faults: readonly DialledFault[]
  readonly recording: number | undefined
  readonly replaying: number | undefined
}

/** A call among all calls of its operation since the dial was set. */
export interface CountedCall {
  readonly operation: string
  readonly path: string
  readonly nth: number
}

export const defaultDelayMs = 3_000

const drawnBytes = 6

/**
 * From 0 up to 1, and always the same for the same call of the same seed: whatever else is called in between, and by whom.
 * So a run that went wrong goes wrong again.
 */
export function draw(seed: number, { position }: Pick<DialledFault, 'position'>, call: CountedCall): number {
  const digest = createHash('sha256').update(`${seed} ${position} ${call.nth} ${call.operation}`).digest()
  return digest.readUIntBE(0, drawnBytes) / 256 ** drawnBytes
}

/** Whether chance lets this happen to this call. How often it may happen is another question. */
export function strikes(seed: number, fault: DialledFault, call: CountedCall): boolean {
  if (!isApiFault(fault.fault) || !call.path.startsWith(fault.path ?? '')) return false
  return fault.rate === undefined || draw(seed, fault, call) < fault.rate
}

export const toInjected = (fault: ApiFault, delayMs: number | undefined): InjectedFault =>
  fault === 'slow' ? { kind: 'slow', delayMs: delayMs ?? defaultDelayMs } : { kind: fault }
