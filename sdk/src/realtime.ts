import { type Clock, systemClock } from './environment.ts'
import { NetworkError } from './errors.ts'
import { type CollectionRealtimeKeyPayload, type ExecutionResponse } from './generated/openapi.ts'

/** How a payment stands, pushed: for a page that shows it. Nothing here needs a secret, so browsers may have it. */

/** As browsers, Deno, Bun, workers and Node.js from 22 on have it. */
export interface WebSocketLike {
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: object) => void): void
  send(text: string): void
  close(): void
}

/** For a runtime without a WebSocket of its own: `(url) => new WebSocket(url)` with that of `ws`. */
export type OpenWebSocket = (url: string) => WebSocketLike

export interface Watch {
  /** Of the realtime service: a Dollr server is its own. */
  readonly url: string
  readonly anonKey: string
  /** What `dollr.realtimeKeys.collection(...)` gave your server for this payment. */
  readonly token: string
  readonly session: number | string
  readonly reference: string
  readonly signal?: AbortSignal | undefined
  readonly openWebSocket?: OpenWebSocket | undefined
  readonly clock?: Clock
}

export interface PaymentState {
  readonly id: number
  readonly session_id: number
  readonly reference_id: string
  readonly source_type: CollectionRealtimeKeyPayload['source_type']
  readonly source_id: number
  readonly status: ExecutionResponse['status']
  readonly requires_action: boolean
  readonly gateway_message: string | null
  readonly updated_at: string
}

interface Frame {
  readonly topic: string
  readonly event: string
  readonly payload: {
    readonly status?: string
    readonly response?: unknown
    readonly data?: { readonly record?: PaymentState }
  }
  readonly ref: string | null
}

const table = 'checkout_payment_intent_public_status'

/** The service drops who is silent for a minute. */
const heartbeatMs = 25_000

const joinRef = '1'

function joinFrame({ reference, token }: Watch, topic: string) {
  const change = { event: '*', schema: 'public', table, filter: `reference_id=eq.${reference}` }
  const config = { postgres_changes: [change], broadcast: {}, presence: { key: '' }, private: false }
  return { topic, event: 'phx_join', payload: { config, access_token: token }, ref: joinRef, join_ref: joinRef }
}

function addressOf({ url, anonKey }: Watch): string {
  const address = new URL(`${url.replace(/\/+$/, '')}/realtime/v1/websocket`)
  address.protocol = address.protocol.replace('http', 'ws')
  address.search = new URLSearchParams({ apikey: anonKey, vsn: '1.0.0' }).toString()
  return address.href
}

const broken = (why: string) => new NetworkError(`the realtime connection ${why}`)

function openOwn(url: string): WebSocketLike {
  // What a runtime lacks, its types may have all the same.
  const { WebSocket } = globalThis as { WebSocket?: new (url: string) => WebSocketLike }
  if (WebSocket === undefined) throw new TypeError('this runtime has no WebSocket: give openWebSocket')
  return new WebSocket(url)
}

/** Opens a connection, joins the channel and makes a stream of what comes. */
function open(watch: Watch, topic: string, closing: AbortController): ReadableStream<Frame> {
  const socket = (watch.openWebSocket ?? openOwn)(addressOf(watch))
  closing.signal.addEventListener('abort', () => {
    socket.close()
  })
  const beat = async () => {
    for (let ref = 2; !closing.signal.aborted; ref += 1) {
      await (watch.clock ?? systemClock).sleep(heartbeatMs, closing.signal)
      socket.send(JSON.stringify({ topic: 'phoenix', event: 'heartbeat', payload: {}, ref: String(ref) }))
    }
  }
  return new ReadableStream<Frame>({
    start(stream) {
      const fail = (why: string) => () => {
        if (!closing.signal.aborted) stream.error(broken(why))
        closing.abort()
      }
      socket.addEventListener('open', () => {
        socket.send(JSON.stringify(joinFrame(watch, topic)))
        // It ends with the connection, which is told about elsewhere.
        beat().catch(fail('was lost'))
      })
      socket.addEventListener('message', (event) => {
        const { data } = event as { readonly data?: unknown }
        if (!closing.signal.aborted) stream.enqueue(JSON.parse(String(data)) as Frame)
      })
      socket.addEventListener('error', fail('failed'))
      socket.addEventListener('close', fail('was closed'))
    },
  })
}

const isFinal = ({ status }: PaymentState): boolean => status === 'COMPLETED' || status === 'FAILED'

/**
 * Every change of a collection from now on, until it is final. What happened before is not told, and what is told is to be
 * shown, not relied on: whether money moved says `dollr.waitFor`, on your server.
 *
 * @throws NetworkError when the connection is refused or ends. Ask your server then.
 */
export async function* watchPayment(watch: Watch): AsyncGenerator<PaymentState, void, undefined> {
  const topic = `realtime:payment-intent:${watch.session}:${watch.reference}`
  watch.signal?.throwIfAborted()
  const closing = new AbortController()
  const frames = open(watch, topic, closing).getReader()
  const stop = () => {
    closing.abort()
    // One that failed has told its reader so.
    frames.cancel().catch(() => undefined)
  }
  watch.signal?.addEventListener('abort', stop, { once: true })
  try {
    for (;;) {
      const { value: frame } = await frames.read()
      watch.signal?.throwIfAborted()
      if (frame === undefined) return
      if (frame.topic !== topic) continue
      if (frame.event === 'phx_close' || frame.event === 'phx_error') throw broken('was ended by the service')
      if (frame.event === 'phx_reply' && frame.ref === joinRef && frame.payload.status !== 'ok') {
        throw broken('was refused')
      }
      const state = frame.event === 'postgres_changes' ? frame.payload.data?.record : undefined
      if (state === undefined) continue
      yield state
      if (isFinal(state)) return
    }
  } finally {
    watch.signal?.removeEventListener('abort', stop)
    stop()
  }
}
