import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { ok } from '../support/black-box/api-client.ts'
import { admin, createMerchant, launch, printed, programs, run } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

/** The real program against a real server, as somebody at a terminal or a script meets it. */
const world = await createWorld()
const home = await mkdtemp(join(tmpdir(), 'dollr-home-'))
afterAll(async () => {
  await world.close()
  await rm(home, { recursive: true, force: true })
})

const environment = () => ({ DOLLR_BASE_URL: world.url(), HOME: home })
const dollr = (...args: readonly string[]) => run(programs.cli, args, environment())

const reference = /Reference ([0-9a-f-]{36})/
const referenceIn = (text: string): string => reference.exec(text)?.[1] ?? 'none'

describe('collect', () => {
  test('says what it costs and under which reference before it asks, and how it went', async () => {
    const { code, stdout, stderr } = await dollr('collect', '25.50', '--from', '+231 88 123 4567')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Completed: USD 26.27 paid, USD 25.50 received.\n' })
    const lines = stderr.trimEnd().split('\n')
    expect(lines[0]).toBe('Asking 231881234567 (MTN_MOMO_LBR) for USD 26.27, of which USD 25.50 are yours.')
    expect(lines[1]).toMatch(reference)
    expect(lines.at(-1)).toMatch(/ COMPLETED$/)
    expect(await ok(world.api.get(`/status/collection/${referenceIn(stderr)}`))).toMatchObject({ status: 'COMPLETED' })
  })

  test('answers one JSON document, whatever it tells on the way', async () => {
    const { code, stdout, stderr } = await dollr('collect', '25', '--from', '231881234567', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      reference_id: referenceIn(stderr),
      status: 'COMPLETED',
      payee_amount: 25,
    })
  })

  test('ends with 1 when the payer does not pay, and says why', async () => {
    const { code, stdout } = await dollr('collect', '25', '--from', '231881234049')
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'Failed: The payer has too little money in this wallet.\n' })
  })

  test('charges a card by its token', async () => {
    const { code, stdout } = await dollr('collect', '10', '--from', 'pm_card_visa', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED', payee_amount: 10 })
  })

  test('ends with 3 when nobody answers in time, and says how to go on', async () => {
    const { code, stderr } = await dollr('collect', '25', '--from', '231881234129', '--timeout', '1')
    expect(code).toBe(3)
    expect(stderr).toContain(`dollr status ${referenceIn(stderr)} --wait`)
  })

  test('is left by Ctrl-C while the payment goes on', async () => {
    const program = await launch(programs.cli, ['collect', '25', '--from', '231881234129'], environment())
    const made = await printed(program, reference)
    await printed(program, /(PROCESSING)/)
    expect(await program.end('SIGINT')).toEqual({ code: 3, signal: null })
    expect(program.stderr()).toContain('do not pay again')
    expect(await ok(world.api.get(`/status/collection/${made}`))).toMatchObject({ status: 'PROCESSING' })
  })

  test('refuses what the server refuses in one line', async () => {
    const { code, stdout, stderr } = await dollr('collect', '25', '--from', '491701234567')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^Refused: phone: .+\n$/)
  })
})

test('payout pays out of the wallet with the sandbox’s passcode, and another’s is refused', async () => {
  const { code, stdout } = await dollr('payout', '40', '--to', '231881234567', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED', payee_amount: 40 })
  const wrong = await run(programs.cli, ['payout', '40', '--to', '231881234567'], {
    ...environment(),
    DOLLR_PASSCODE: '999999',
  })
  expect(wrong).toMatchObject({ code: 1, stdout: '' })
  expect(wrong.stderr).toContain('passcode')
  expect(wrong.stderr).not.toContain('999999')
})

describe('status', () => {
  test('tells what happened to a payment of any kind', async () => {
    const paid = await dollr('payout', '5', '--to', '231881234567')
    const { code, stdout } = await dollr('status', referenceIn(paid.stderr))
    expect(code).toBe(0)
    expect(stdout).toMatch(/^PAYOUT {2}COMPLETED {2}USD 5\.00, recipient\n/)
    expect(stdout).toContain('completed')
    const asJson = await dollr('status', referenceIn(paid.stderr), '--json')
    expect(JSON.parse(asJson.stdout)).toMatchObject({ status: 'COMPLETED', operation_type: 'PAYOUT' })
  })

  test('waits for the end when told to', async () => {
    const { stderr } = await dollr('collect', '25', '--from', '231881234567', '--no-wait')
    const { code, stdout } = await dollr('status', referenceIn(stderr), '--wait')
    expect(code).toBe(0)
    expect(stdout).toMatch(/COMPLETED|Completed/)
  })

  test('knows a payment that never arrived from one that did', async () => {
    const { code, stderr } = await dollr('status', 'e2b5a2a4-30b0-4f6c-9d8f-2f7c5b1e6a55')
    expect(code).toBe(1)
    expect(stderr).toContain('may be made anew')
  })
})

describe('keys', () => {
  test('shows the sandbox’s, and that the server takes them', async () => {
    const { code, stdout } = await dollr('keys', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ client_id: 'sandbox', client_secret: 'sandbox-secret', accepted: true })
  })

  test('prints nobody’s own secret, and says where keys come from when they are not known', async () => {
    const merchant = await createMerchant(world.database.url, 'At a terminal')
    const own = { DOLLR_CLIENT_ID: merchant.client_id, DOLLR_CLIENT_SECRET: merchant.client_secret }
    const known = await run(programs.cli, ['keys'], { ...environment(), ...own })
    expect(known.stdout).toContain('The server takes them.')
    expect(known.stdout).not.toContain(merchant.client_secret)
    const unknown = await run(programs.cli, ['keys'], { ...environment(), ...own, DOLLR_CLIENT_SECRET: 'another' })
    expect(unknown.stdout).toContain('dollr admin keys issue')
  })
})

describe('what goes wrong is one line and an exit code', () => {
  test('no server: 4, and how to start one', async () => {
    const { code, stdout, stderr } = await dollr(
      'collect',
      '5',
      '--from',
      '231881234567',
      '--base-url',
      'http://127.0.0.1:1',
    )
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toMatch(/^No Dollr answers at http:\/\/127\.0\.0\.1:1\. .*"dollr dev".*\n$/)
  })

  test('credentials that nobody knows: 1, and where they are looked for', async () => {
    const wrong = { ...environment(), DOLLR_CLIENT_ID: 'nobody', DOLLR_CLIENT_SECRET: 'nothing-of-the-kind' }
    const { code, stdout, stderr } = await run(programs.cli, ['events', 'list'], wrong)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^.*DOLLR_CLIENT_ID.*\n$/)
    expect(stderr).not.toContain('nothing-of-the-kind')
  })

  test.each([
    [['frobnicate']],
    [['collect']],
    [['collect', '25']],
    [['collect', '25.123', '--from', '231881234567']],
    [['collect', '25', '--from', '231881234567', '--colour', 'red']],
    [['status']],
    [['export', 'ledger']],
    [['listen']],
    [['listen', '--forward-to', '']],
    [['events', 'replay', '--forward-to', '3000']],
    [['sandbox', 'clock', 'advance', 'soon']],
    [['sandbox', 'reset']],
    [['completion', 'cmd']],
    [['keys', '--base-url', 'nowhere']],
    [['admin', 'merchants']],
  ])('%j: 2, and nothing on standard output', async (args) => {
    const { code, stdout, stderr } = await dollr(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).not.toBe('')
  })
})

describe('the operator’s commands', () => {
  const onDatabase = (...args: readonly string[]) => run(programs.cli, args, { DATABASE_URL: world.database.url })

  test('admin is all of them, under this name', async () => {
    const listed = await onDatabase('admin', 'merchants', 'list', '--json')
    expect(JSON.parse(listed.stdout)).toEqual(await admin(world.database.url, 'merchants', 'list'))
    expect((await onDatabase('admin', 'help')).stdout).toMatch(/^Usage: dollr admin COMMAND/)
  })

  test('verify recomputes the books, and export writes them', async () => {
    const verified = await onDatabase('verify', '--json')
    expect(verified).toMatchObject({ code: 0, stderr: '' })
    const { seal } = JSON.parse(verified.stdout) as { readonly seal: string }
    expect((await onDatabase('verify', '--expect', seal)).code).toBe(0)
    const other = `${seal.slice(0, -1)}${seal.endsWith('0') ? '1' : '0'}`
    expect(await onDatabase('verify', '--expect', other)).toMatchObject({ code: 1, stdout: '' })
    expect((await onDatabase('export', 'hledger')).stdout).toContain('wallets.opened')
    expect((await onDatabase('export', 'beancount', '--currency', 'USD')).stdout).toContain('USD')
  })
})
