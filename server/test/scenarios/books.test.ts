import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { pay } from '../support/black-box/builders.ts'
import { admin, programs, run } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const world = await createWorld()
const folder = mkdtempSync(join(tmpdir(), 'dollr-statement-'))
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await world.close()
})
const url = world.database.url
const command = (...args: readonly string[]) => run(programs.admin, args, { DATABASE_URL: url })

async function statement(query = ''): Promise<string> {
  const answer = await fetch(`${world.network.url}/_sandbox/statement${query}`, {
    headers: { authorization: 'Bearer sandbox-token' },
  })
  expect(answer.status).toBe(200)
  const file = join(folder, 'statement.csv')
  writeFileSync(file, await answer.text())
  return file
}

const counts = async (file: string): Promise<readonly number[]> => {
  const reports = (await admin(url, 'reconcile', '--provider', 'pawapay', '--file', file)) as Record<string, number>[]
  const sum = (name: string) => reports.reduce((total, report) => total + (report[name] ?? 0), 0)
  return ['matched', 'missing_there', 'missing_here', 'amount_differs'].map(sum)
}

test('payments are sealed by the server that took them, exported, and changed unseen by nobody', async () => {
  await pay(world.api)
  await expect.poll(() => admin(url, 'books', 'verify'), { timeout: 20_000 }).toMatchObject({ unsealed: 0 })
  const { stdout } = await command('books', 'export', '--format', 'hledger')
  expect(stdout).toMatch(/^\d{4}-\d\d-\d\d \* \(\d+\) collection\.completed {2}; execution:\d+, merchant:1, at:/m)
  expect(await command('books', 'export', '--format', 'excel')).toMatchObject({ code: 2 })

  const owner = await world.database.pool.connect()
  const alter = (text: string) =>
    owner.query(`begin; set local session_replication_role = replica; ${text}; commit`).then(() => undefined)
  try {
    await alter(`update ledger_entries set reason = 'x' where reason = 'collection.completed'`)
    const { code, stderr } = await command('books', 'verify')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^The books are not as they were: entry \d+, its postings, .* were changed\.$/m)
    await alter(`update ledger_entries set reason = 'collection.completed' where reason = 'x'`)
  } finally {
    owner.release()
  }
  expect(await command('books', 'verify')).toMatchObject({ code: 0 })
})

test('a statement that is right matches, and what is planted in a wrong one is found', async () => {
  await pay(world.api)
  await pay(world.api)
  const [matched = 0, ...differences] = await counts(await statement())
  expect(matched).toBeGreaterThanOrEqual(2)
  expect(differences).toEqual([0, 0, 0])
  expect(await counts(await statement('?plant=extra,amount'))).toEqual([matched - 1, 0, 1, 1])
  expect(await command('reconcile', '--provider', 'pawapay', '--file', join(folder, 'none.csv'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot be read') as unknown,
  })
})
