import { createHash } from 'node:crypto'

/** What may go wrong again and again, for as long as it is set. */
export const dialFaults = [
  'closed',
  'lost-reply',
  'error-after-effect',
  'slow-reply',
  'duplicate-callback',
  'lost-callback',
] as const

export type DialFault = (typeof dialFaults)[number]

export interface DialSetting {
  readonly fault: DialFault
  /** How often at most; undefined is without end. */
  readonly next: number | undefined
  /** How likely; undefined is every time. */
  readonly rate: number | undefined
  /** What it happens to alone, by the provider's own word for it. */
  readonly provider: string | undefined
  readonly delayMs: number | undefined
}

export interface Struck {
  readonly fault: DialFault
  readonly delayMs: number
}

const drawnBytes = 6
const defaultDelayMs = 3_000

/** From 0 up to 1: the same for the same order, or the same callback, of the same seed. */
const draw = (seed: number, position: number, subject: string, nth: number): number =>
  createHash('sha256').update(`${seed} ${position} ${nth} ${subject}`).digest().readUIntBE(0, drawnBytes) /
  256 ** drawnBytes

/** Faults that happen by chance, where chance is drawn from a seed: the same run goes wrong in the same way. */
export class Dial {
  #seed = 0
  #settings: readonly DialSetting[] = []
  #injected: number[] = []
  readonly #counts = new Map<string, number>()

  set(seed: number, settings: readonly DialSetting[]): void {
    this.#seed = seed
    this.#settings = settings
    this.#injected = settings.map(() => 0)
    this.#counts.clear()
  }

  /** How often each happened, in the order in which they were set. */
  get injected(): readonly number[] {
    return this.#injected
  }

  /** What of these happens to the next order, or callback, for this provider. */
  strike(faults: readonly DialFault[], subject: string, provider: string): Struck | undefined {
    if (this.#settings.length === 0) return undefined
    const nth = (this.#counts.get(`${subject} ${provider}`) ?? 0) + 1
    this.#counts.set(`${subject} ${provider}`, nth)
    const position = this.#settings.findIndex((setting, index) => {
      const mayStrike =
        faults.includes(setting.fault) &&
        (setting.provider ?? provider) === provider &&
        (this.#injected[index] ?? 0) < (setting.next ?? Infinity)
      return (
        mayStrike &&
        (setting.rate === undefined || draw(this.#seed, index, `${subject} ${provider}`, nth) < setting.rate)
      )
    })
    const setting = this.#settings[position]
    if (setting === undefined) return undefined
    this.#injected[position] = (this.#injected[position] ?? 0) + 1
    return { fault: setting.fault, delayMs: setting.delayMs ?? defaultDelayMs }
  }
}
