import { InvalidArgumentError } from 'commander'
import { type DollrEvent, signWebhook } from '@dollr/sdk'

/** What a receiver made of an event. */
export interface Delivery {
  readonly event: DollrEvent
  /** Undefined when nobody answered. */
  readonly status: number | undefined
  readonly error: string | undefined
  readonly durationMs: number
}

export const isTaken = ({ status }: Delivery): boolean => status !== undefined && status >= 200 && status < 300

/** Reads where events go: an address, or in short a port, with or without a path. */
export function readReceiver(text: string): string {
  const spelled = /^\d{1,5}(\/|$)/.test(text) ? `http://localhost:${text}` : text
  const address = /^https?:\/\//.test(spelled) ? spelled : `http://${spelled}`
  if (!URL.canParse(address) || text === '')
    throw new InvalidArgumentError('Say an address such as http://localhost:3000/webhooks.')
  return new URL(address).href
}

/** As long as a delivery to an endpoint may take. */
const timeoutMs = 15_000

/** The reason a connection failed, in a word: `fetch` says nothing of it itself. */
const reasonOf = (error: unknown): string => {
  const { cause, name, message } = error as Error & { readonly cause?: { readonly code?: string } }
  return name === 'TimeoutError' ? `no answer in ${timeoutMs / 1000} s` : (cause?.code ?? message)
}

/** Sends an event as a webhook would bring it, signed now. Undefined when it was interrupted. */
export async function forward(
  event: DollrEvent,
  to: string,
  secret: string,
  interrupted: AbortSignal,
): Promise<Delivery | undefined> {
  const body = JSON.stringify(event)
  const headers = await signWebhook(body, secret, { id: event.id })
  const startedAt = performance.now()
  const took = () => Math.round(performance.now() - startedAt)
  try {
    const response = await fetch(to, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'Dollr-Webhooks/1' },
      body,
      // A webhook is not sent anywhere else than it was meant for.
      redirect: 'manual',
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel()
    return { event, status: response.status, error: undefined, durationMs: took() }
  } catch (error) {
    if (interrupted.aborted) return undefined
    return { event, status: undefined, error: reasonOf(error), durationMs: took() }
  }
}
