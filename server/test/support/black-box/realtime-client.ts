import { createClient } from '@supabase/supabase-js'
import { WebSocket } from 'ws'
import { type Api, ok } from './api-client.ts'
import { type Collection, type Kind } from './builders.ts'
import { pause } from './server-process.ts'

/** What a merchant's page is told of a payment. */
interface StatusRow {
  readonly id: number
  readonly session_id: number
  readonly reference_id: string
  readonly source_type: Kind
  readonly source_id: number
  readonly status: string
  readonly requires_action: boolean
  readonly gateway_message: string | null
  readonly updated_at: string
}

/** What the client's callback is given, and when. */
export interface Change {
  readonly eventType: 'INSERT' | 'UPDATE' | 'DELETE'
  readonly schema: string
  readonly table: string
  readonly commit_timestamp: string
  readonly new: Partial<StatusRow>
  readonly old: Partial<StatusRow>
  readonly errors: readonly string[] | null
  readonly receivedAt: number
}

export const sandboxAnonKey = 'sandbox-anon-key'
export const statusTable = 'checkout_payment_intent_public_status'

export interface RealtimeKey {
  readonly access_token: string
  readonly expires_in: number
}

export const aRealtimeKey = async (api: Api, collection: Collection, kind: Kind = 'INVOICE'): Promise<RealtimeKey> =>
  (await ok(
    api.post('/realtime-keys/collection', {
      session_id: Number(collection.session_id),
      source_type: kind,
      reference_id: collection.reference_id,
    }),
  )) as RealtimeKey

export interface Listening {
  /** What the server is asked to let in. */
  readonly url: string
  readonly token: string
  readonly collection: Pick<Collection, 'session_id' | 'reference_id'>
  readonly anonKey?: string
  readonly vsn?: string
  readonly channel?: string
  readonly filter?: string
  readonly event?: '*' | 'INSERT' | 'UPDATE' | 'DELETE'
  readonly table?: string
}

export interface Listener {
  readonly changes: readonly Change[]
  /** Every state the client gave its channel, with the reason of an error behind it. */
  readonly states: readonly string[]
  readonly systemMessages: readonly string[]
  /** Gives the connection another token, as a page does whose token is about to end. */
  readonly setAuth: (token: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Follows a payment the way the guide shows, with the client that merchants install. */
export function listen(its: Listening): Listener {
  const { url, token, collection, anonKey = sandboxAnonKey, vsn = '2.0.0', event = '*' } = its
  const changes: Change[] = []
  const states: string[] = []
  const systemMessages: string[] = []
  const supabase = createClient(url, anonKey, {
    // Node 20 has no websocket of its own.
    realtime: { transport: WebSocket as never, vsn },
    auth: { persistSession: false, autoRefreshToken: false },
  })
  void supabase.realtime.setAuth(token)
  supabase
    .channel(its.channel ?? `payment-intent:${collection.session_id}:${collection.reference_id}`)
    .on('system', {}, (payload: { message: string }) => systemMessages.push(payload.message))
    .on(
      'postgres_changes' as never,
      {
        event,
        schema: 'public',
        table: its.table ?? statusTable,
        filter: its.filter ?? `reference_id=eq.${collection.reference_id}`,
      } as never,
      (change: Change) => changes.push({ ...change, receivedAt: Date.now() }),
    )
    .subscribe((state, error) => states.push(error ? `${state}: ${error.message}` : state))
  return {
    changes,
    states,
    systemMessages,
    setAuth: (next) => supabase.realtime.setAuth(next),
    close: async () => {
      await supabase.removeAllChannels()
      await supabase.realtime.disconnect()
    },
  }
}

const patienceMs = 20_000

/** Waits until something holds. */
export async function until(holds: () => boolean, what: () => unknown): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${JSON.stringify(what())}`)
    await pause(5)
  }
}

/** Follows a payment, and answers once the server has agreed. */
export async function subscribed(its: Listening): Promise<Listener> {
  const listener = listen(its)
  await until(
    () => listener.states.includes('SUBSCRIBED'),
    () => listener.states,
  )
  return listener
}

/** Follows what is not to be had, and answers with what the client makes of it. */
export async function refused(its: Listening): Promise<string> {
  const listener = listen(its)
  await until(
    () => listener.states.length > 0,
    () => listener.states,
  )
  await listener.close()
  return listener.states[0] ?? ''
}
