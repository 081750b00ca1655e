import { afterAll, beforeAll, expect, test } from 'vitest'
import { aMerchant, sql } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, noon, type TestClock } from '../../test/support/fakes.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { Problem } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { type Approval, createPasscodes, type Passcodes, setPasscode } from './service.ts'

const minuteMs = 60_000
const phone = '231770000042'
const right = '480211'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 4, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** Keeps what it is told, as an operator would read it. */
function aLog(): { readonly log: Logger; readonly lines: string[] } {
  const lines: string[] = []
  const keep = (...said: unknown[]): void => {
    lines.push(JSON.stringify(said))
  }
  return { lines, log: { warn: keep, error: keep, info: keep } as unknown as Logger }
}

interface Process {
  readonly clock: TestClock
  readonly passcodes: Passcodes
  readonly lines: readonly string[]
}

/** One process, with a memory of its own. */
function aProcess(clock = aClock()): Process {
  const { log, lines } = aLog()
  return { clock, passcodes: createPasscodes(pool, clock, log), lines }
}

const set = (merchantId: MerchantId, its: Partial<Approval> = {}) =>
  setPasscode(pool, { merchantId, phone: its.phone ?? phone, userId: its.userId, code: its.code ?? right }, noon)

/** Whether an approval is taken. Anything but a refusal is a fault. */
async function takes({ passcodes }: Process, merchantId: MerchantId, its: Partial<Approval> = {}): Promise<boolean> {
  try {
    await passcodes.verify(merchantId, { phone, userId: undefined, code: right, ...its })
    return true
  } catch (error) {
    if (error instanceof Problem && error.kind === 'forbidden' && error.message === 'Invalid passcode') return false
    throw error
  }
}

async function guessWrong(process: Process, merchantId: MerchantId, times: number): Promise<void> {
  for (let guess = 0; guess < times; guess += 1) {
    expect(await takes(process, merchantId, { code: `wrong-${guess}` })).toBe(false)
  }
}

async function wrongCodes(merchantId: MerchantId): Promise<number> {
  const [row] = await sql<{ wrong: number }>(
    pool,
    'select cardinality(wrong_at) as wrong from passcodes where merchant_id = $1 and phone = $2',
    [merchantId, phone],
  )
  return row?.wrong ?? 0
}

test('the right code is taken by phone, by user id and by both; anything else is refused alike', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  const passcode = await set(merchantId, { userId: 'u-1' })
  const approvals: Partial<Approval>[] = [{}, { phone: undefined, userId: 'u-1' }, { userId: 'u-1' }]
  for (const approval of approvals) {
    const asked = { phone, userId: undefined, code: right, ...approval }
    expect(await process.passcodes.verify(merchantId, asked)).toBe(passcode.id)
  }
  const refused: Partial<Approval>[] = [
    { code: '480212' },
    { code: '' },
    { code: `${right} ` },
    { phone: '231770000043' },
    { phone: undefined, userId: 'u-2' },
    { userId: 'u-2' },
    { phone: '231770000043', userId: 'u-1' },
    { phone: undefined, userId: undefined },
  ]
  for (const approval of refused) expect(await takes(process, merchantId, approval)).toBe(false)
  expect(await takes(process, await aMerchant(pool))).toBe(false)
})

test('approvers of one merchant are apart: one’s code is not the other’s, nor is one’s lock', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId)
  await set(merchantId, { phone: '231770000043', code: '999111' })
  expect(await takes(process, merchantId, { code: '999111' })).toBe(false)
  await guessWrong(process, merchantId, 4)
  expect(await takes(process, merchantId)).toBe(false)
  expect(await takes(process, merchantId, { phone: '231770000043', code: '999111' })).toBe(true)
})

test('after five wrong codes the right one is refused too, until the first of them is fifteen minutes old', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId)
  await guessWrong(process, merchantId, 1)
  process.clock.advance(minuteMs)
  await guessWrong(process, merchantId, 3)
  expect(await takes(process, merchantId)).toBe(true)
  await guessWrong(process, merchantId, 1)
  expect(await takes(process, merchantId)).toBe(false)
  process.clock.advance(14 * minuteMs - 1)
  expect(await takes(process, merchantId)).toBe(false)
  // What is refused while it is locked is not counted.
  expect(await wrongCodes(merchantId)).toBe(5)
  process.clock.advance(1)
  expect(await takes(process, merchantId)).toBe(true)
})

test('opened again it takes one more guess for each that has aged, and no more', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId)
  for (let guess = 0; guess < 5; guess += 1) {
    await guessWrong(process, merchantId, 1)
    process.clock.advance(minuteMs)
  }
  process.clock.advance(10 * minuteMs)
  await guessWrong(process, merchantId, 1)
  expect(await takes(process, merchantId)).toBe(false)
  process.clock.advance(minuteMs)
  expect(await takes(process, merchantId)).toBe(true)
})

test('a replaced passcode is unlocked, and the old code is worth nothing, however well it is remembered', async () => {
  const processes = [aProcess(), aProcess()] as const
  const merchantId = await aMerchant(pool)
  await set(merchantId, { userId: 'u-1' })
  for (const process of processes) expect(await takes(process, merchantId)).toBe(true)
  await guessWrong(processes[0], merchantId, 5)
  // Remembered as right by both, and locked for both.
  for (const process of processes) expect(await takes(process, merchantId)).toBe(false)
  await set(merchantId, { code: '111222' })
  for (const process of processes) {
    expect(await takes(process, merchantId)).toBe(false)
    expect(await takes(process, merchantId, { code: '111222' })).toBe(true)
    // Still the same person.
    expect(await takes(process, merchantId, { phone: undefined, userId: 'u-1', code: '111222' })).toBe(true)
  }
})

test('guesses made at once on several nodes are no more than five', async () => {
  const processes = [aProcess(), aProcess(), aProcess()]
  const merchantId = await aMerchant(pool)
  await set(merchantId)
  const taken = await Promise.all(
    Array.from({ length: 30 }, (_, guess) => {
      const process = processes[guess % processes.length] ?? aProcess()
      return takes(process, merchantId, { code: `guess-${guess}` })
    }),
  )
  expect(taken.filter(Boolean)).toEqual([])
  expect(await wrongCodes(merchantId)).toBe(5)
  expect(await takes(aProcess(), merchantId)).toBe(false)
})

test('many payouts approved at once, by a process that knows nothing yet, are all approved', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId)
  const taken = await Promise.all(Array.from({ length: 60 }, () => takes(process, merchantId)))
  expect(taken).toEqual(taken.map(() => true))
})

test('a code stands in no row and in no line of the log', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId, { code: 'Not-To-Be-Seen-1' })
  expect(await takes(process, merchantId, { code: 'Not-To-Be-Seen-1' })).toBe(true)
  expect(await takes(process, merchantId, { code: 'Not-To-Be-Seen-2' })).toBe(false)
  expect(await takes(process, merchantId, { phone: '231770009999', code: 'Not-To-Be-Seen-3' })).toBe(false)
  expect(process.lines.join('\n')).not.toContain('Not-To-Be-Seen')
  expect(process.lines).toHaveLength(1)
  const rows = await sql<{ kept: string }>(pool, 'select p::text as kept from passcodes p where merchant_id = $1', [
    merchantId,
  ])
  expect(rows[0]?.kept).toContain('$argon2id$')
  expect(rows[0]?.kept).not.toContain('Not-To-Be-Seen')
})

test('a user id names one approver: it is not given to a second phone, and stays when a code is replaced', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId, { userId: 'u-1' })
  await expect(set(merchantId, { phone: '231770000043', userId: 'u-1' })).rejects.toThrow('belongs to another phone')
  expect(await takes(process, merchantId, { phone: '231770000043' })).toBe(false)
  await set(merchantId, { userId: 'u-1', code: '111222' })
  expect(await takes(process, merchantId, { phone: undefined, userId: 'u-1', code: '111222' })).toBe(true)
  // Another merchant's approvers are its own.
  await set(await aMerchant(pool), { phone: '231770000043', userId: 'u-1' })
})

test('wrong codes of long ago are not kept', async () => {
  const process = aProcess()
  const merchantId = await aMerchant(pool)
  await set(merchantId)
  await guessWrong(process, merchantId, 4)
  process.clock.advance(60 * minuteMs)
  await guessWrong(process, merchantId, 1)
  expect(await wrongCodes(merchantId)).toBe(1)
})
