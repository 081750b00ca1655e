import { type Clock } from '../kernel/clock.ts'
import { type Pool } from '../platform/db/pool.ts'
import { createDialling, type Dialling } from './dial.ts'

export interface SandboxControls {
  readonly dialling: Dialling
  /** Learns what was set in another process. */
  follow(): Promise<void>
}

/** What a sandbox can be made to do, for the whole installation and not for one merchant. */
export function createSandboxControls(context: { readonly db: Pool; readonly clock: Clock }): SandboxControls {
  const dialling = createDialling(context)
  return { dialling, follow: () => dialling.follow() }
}
