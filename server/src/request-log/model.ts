import { type Brand, type MerchantId } from '../kernel/ids.ts'
import { type Call } from '../platform/http/calls.ts'
import { type Warning } from '../platform/http/warnings.ts'
import { redact, redactPath, redactQuery, redactText } from './redact.ts'

/** The number of a kept call: written `req_17`. */
export type LoggedRequestId = Brand<string, 'LoggedRequestId'>

/** A call as it is kept. */
export interface NewLoggedRequest {
  readonly merchantId: MerchantId
  readonly requestId: string
  readonly at: Date
  readonly method: string
  readonly path: string
  readonly query: string | undefined
  readonly status: number
  readonly durationMs: number
  readonly referenceId: string | undefined
  /** JSON. */
  readonly requestBody: string | undefined
  readonly responseBody: string | undefined
  readonly warnings: readonly Warning[]
}

export interface LoggedRequest extends Omit<NewLoggedRequest, 'requestBody' | 'responseBody'> {
  readonly id: LoggedRequestId
  readonly requestBody: unknown
  readonly responseBody: unknown
}

/** A call that was seen and is not redacted yet. */
export interface SeenCall {
  readonly merchantId: MerchantId
  readonly at: Date
  readonly call: Call
}

export const writeRequestId = (id: LoggedRequestId): string => `req_${id}`

const requestIdText = /^req_([1-9]\d{0,14})$/

/** Undefined for what can be no call of ours. */
export const readRequestId = (text: string): LoggedRequestId | undefined =>
  requestIdText.exec(text)?.[1] as LoggedRequestId | undefined

const longestBody = 8 * 1024
/** What is longer is not looked into, which would hold up everybody who pays meanwhile. */
const longestRead = 64 * 1024

/** How much of a body is kept: all of it, its beginning as a text, or how long it was. */
export function keepBody(body: unknown): string | undefined {
  if (body === undefined) return undefined
  const text = JSON.stringify(redact(body))
  const bytes = Buffer.from(text)
  if (bytes.length <= longestBody) return text
  // A character that was cut in two is left out.
  return JSON.stringify(
    `${bytes
      .subarray(0, longestBody)
      .toString('utf8')
      .replace(/\uFFFD$/, '')}…`,
  )
}

const tooLong = (bytes: number): string => `${bytes} bytes`

/** A call whose long parts are let go of at once, instead of when it is written. */
export const shorten = (call: Call): Call => ({
  ...call,
  body: call.bodyBytes > longestRead ? tooLong(call.bodyBytes) : call.body,
  answer:
    call.answer !== undefined && call.answer.length > longestRead
      ? JSON.stringify(tooLong(Buffer.byteLength(call.answer)))
      : call.answer,
})

function keepAnswer(answer: string | undefined): string | undefined {
  if (answer === undefined || answer === '') return undefined
  try {
    return keepBody(JSON.parse(answer))
  } catch {
    return keepBody(answer)
  }
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i
const longestReference = 200

/** The key a call is about: named in its body, its address or its answer. Keys are the same in any case. */
function referenceOf({ body, path, query }: Call): string | undefined {
  const named = [body, query].map((part) =>
    typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>)['reference_id'] : undefined,
  )
  const reference = named.find((each) => typeof each === 'string' && each !== '') ?? uuid.exec(path)?.[0]
  return typeof reference === 'string' ? normalReference(reference) : undefined
}

/** As it is kept and looked for. */
export function normalReference(text: string): string {
  const reference = redactText(text.replaceAll('\0', '')).slice(0, longestReference)
  return uuid.test(reference) && reference.length === 36 ? reference.toLowerCase() : reference
}

/** What is kept of a call. */
export const toKeep = ({ merchantId, at, call }: SeenCall): NewLoggedRequest => ({
  merchantId,
  requestId: call.requestId,
  at,
  method: call.method,
  path: redactPath(call.path),
  query: redactQuery(call.query),
  status: call.status,
  durationMs: Math.round(call.durationMs),
  referenceId: referenceOf(call),
  requestBody: keepBody(call.body),
  responseBody: keepAnswer(call.answer),
  warnings: call.warnings,
})
