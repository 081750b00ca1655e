import { type Server } from 'node:http'
import { type Clock } from '../kernel/clock.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type Keyring } from '../auth/index.ts'
import { createFeed } from './feed.ts'
import { defaultLimits } from './model.ts'
import { createSockets } from './sockets.ts'
import { createRealtimeTokens, type RealtimeTokens } from './tokens.ts'

export interface RealtimeSettings {
  /** What a client shows to be let in at all: public, and the same for everybody. */
  readonly anonKey: string
  readonly connections: number
  readonly connectionsPerAddress: number
}

export interface RealtimeOptions extends RealtimeSettings {
  readonly db: Pool
  readonly clock: Clock
  readonly log: Logger
  readonly keyring: Keyring
  readonly trustProxy: boolean
}

/** The status channel: who may listen, who does, and what they are told. */
export interface Realtime {
  readonly tokens: RealtimeTokens
  /** Takes the websockets of a server from now on. */
  attach(server: Server): void
  /** Looks once for news of what is listened for. */
  follow(): Promise<void>
  /** Ends once what has outlived its time. */
  sweep(): void
  close(): Promise<void>
}

export function createRealtime(options: RealtimeOptions): Realtime {
  const { db, clock, log, anonKey, connections, connectionsPerAddress, trustProxy } = options
  const tokens = createRealtimeTokens(options.keyring)
  const feed = createFeed(db)
  const limits = { ...defaultLimits, connections, connectionsPerAddress }
  const sockets = createSockets({ clock, log, tokens, feed, limits, anonKey, trustProxy })
  return { tokens, follow: () => feed.follow(), ...sockets }
}
