import { type DollrEvent } from '@dollr/sdk'
import { type Terminal } from '../terminal.ts'
import { type Delivery, isTaken } from './forward.ts'

/** Which thing an event is about, in as few words as tell it from others. */
function subjectOf(event: DollrEvent): string {
  const data: Readonly<Record<string, unknown>> = event.data
  const { reference_id: reference, number, session_id: session, wallet_id: wallet, url } = data
  const named = [reference, number, session, wallet, url].find((each) => each !== undefined && each !== null)
  return typeof named === 'string' || typeof named === 'number' ? String(named) : ''
}

const widestType = 24

export const eventLine = ({ paint }: Terminal, event: DollrEvent): string =>
  [paint('dim', event.timestamp), event.type.padEnd(widestType), event.id.padEnd(10), subjectOf(event)]
    .join('  ')
    .trimEnd()

export function deliveryLine(terminal: Terminal, delivery: Delivery): string {
  const { event, status, error, durationMs } = delivery
  const answer = status === undefined ? (error ?? 'no answer') : String(status)
  const painted = terminal.paint(isTaken(delivery) ? 'green' : 'red', answer)
  return `${event.type.padEnd(widestType)}  ${event.id.padEnd(10)}  ${painted}  ${terminal.paint('dim', `${durationMs} ms`)}`
}

/** The same for programs. */
export const deliveryFacts = ({ event, status, error, durationMs }: Delivery) => ({
  event_id: event.id,
  type: event.type,
  status: status ?? null,
  error: error ?? null,
  duration_ms: durationMs,
})
