import type pg from 'pg'
import { type ReceivedWebhook, startReceiver } from '../webhook-receiver.ts'

/** A merchant's server that now and then fails over an event, or loses the line before it has answered; never twice. */
export async function startForgetfulReceiver() {
  const taken: ReceivedWebhook[] = []
  const dropped = new Set<string>()
  const receiver = await startReceiver((webhook, response) => {
    const { id } = webhook.event
    const fate = dropped.has(id) ? 1 : Math.random()
    if (fate < 0.01) dropped.add(id)
    if (fate < 0.005) return 500
    if (fate < 0.01) {
      response.destroy()
      return undefined
    }
    taken.push(webhook)
    return 200
  })
  return { ...receiver, taken }
}

export interface Told {
  readonly events: number
  /** Never taken. */
  readonly missing: number
  /** Taken for the first time before an earlier one of its document. */
  readonly outOfOrder: number
  /** Taken again: who dies before it wrote down that it was taken leaves it to be sent again. */
  readonly again: number
  readonly longestMs: number
}

/** Compares what a merchant was told with what happened. */
export async function judgeWebhooks(pool: pg.Pool, taken: readonly ReceivedWebhook[]): Promise<Told> {
  const { rows } = await pool.query<{ id: string; line: string; at: Date }>(
    `select 'evt_' || id as id, coalesce('source ' || source_id, subject || ' ' || subject_id) as line, at
     from events order by events.id`,
  )
  const places = new Map(rows.map(({ id }, place) => [id, place]))
  const firsts = new Map<string, number>()
  for (const { event, at } of taken) if (!firsts.has(event.id)) firsts.set(event.id, at)
  const latest = new Map<string, number>()
  let outOfOrder = 0
  for (const id of firsts.keys()) {
    const place = places.get(id)
    const row = place === undefined ? undefined : rows[place]
    if (place === undefined || row === undefined) throw new Error(`${id} was told and never happened`)
    if ((latest.get(row.line) ?? -1) > place) outOfOrder += 1
    latest.set(row.line, place)
  }
  const waits = rows.map(({ id, at }) => (firsts.get(id) ?? 0) - at.getTime())
  return {
    events: rows.length,
    missing: rows.filter(({ id }) => !firsts.has(id)).length,
    outOfOrder,
    again: taken.length - firsts.size,
    longestMs: Math.max(0, ...waits),
  }
}
