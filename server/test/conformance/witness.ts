import { createHash } from 'node:crypto'
import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type CaseClass, type Seen, seenIn } from './cases.ts'
import { type Answered, type Asked, breachesOf } from './judge.ts'

/** Where the processes of a run write down what they saw; `npm run conformance` reads it. */
export const recordings = join(import.meta.dirname, '../../../test-artefacts/conformance')

const recorded = new Set<string>()
const succeeded = new Set<string>()

function record(seen: readonly Seen[]): void {
  const fresh = seen.map((each) => JSON.stringify(each)).filter((line) => !recorded.has(line))
  if (fresh.length === 0) return
  for (const line of fresh) recorded.add(line)
  mkdirSync(recordings, { recursive: true })
  appendFileSync(join(recordings, `${process.pid}.jsonl`), `${fresh.join('\n')}\n`)
}

export interface Request extends Asked {
  readonly authorization: string | undefined
  readonly query: string
  readonly body: string | Uint8Array | undefined
  /** What the request is an example of, where its answer cannot tell. */
  readonly shows?: CaseClass | undefined
}

const fingerprint = ({ method, path, query, authorization, body }: Request): string =>
  createHash('sha256')
    .update([method, path, query, authorization ?? ''].join('\n'))
    .update(body ?? '')
    .digest('base64')

/** Looks at every answer a test gets: one that no client was promised fails the test that got it. */
export function witness(request: Request, answered: Answered, { keep }: { readonly keep: boolean }): void {
  const breaches = breachesOf(request, answered)
  if (breaches.length > 0) {
    const said = JSON.stringify(answered.body).slice(0, 2000)
    throw new Error(
      `${request.method} ${request.path} was answered ${answered.status} ${said}\n- ${breaches.join('\n- ')}`,
    )
  }
  if (!keep) return
  const key = request.method === 'GET' ? '' : fingerprint(request)
  const told = { ...request, nowSeconds: Date.now() / 1000, isRepeated: succeeded.has(key) }
  const seen = seenIn(told, answered)
  if (key !== '' && answered.status === 200) succeeded.add(key)
  const shown = request.shows
  record(shown === undefined ? seen : [...seen, ...seen.slice(0, 1).map((each) => ({ ...each, case: shown }))])
}
