import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SignatureEncoding, type SignatureFault, startPawapaySimulator } from '@dollr/sandbox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ok } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, makeChecksDue, walletOf } from '../support/black-box/books.ts'
import { aPayment, type Collection, collect, executionOf, settled } from '../support/black-box/builders.ts'
import { pause, programs, run, startServer } from '../support/black-box/server-process.ts'
import { createWorld, sandboxMerchant, type World, type WorldOptions } from '../support/black-box/world.ts'

let counter = 500
const aNumber = (): string => `231880${(counter += 1)}000`

/** A server, and a network that signs its callbacks and whose payer never pays of his own accord. */
async function aSigningWorld(options: Pick<WorldOptions, 'env' | 'signatures'> = {}) {
  const lookUps: string[] = []
  const world = await createWorld({
    payerDelayMs: 3_600_000,
    onStep: ({ name, id }) => {
      if (name === 'lookup.received') lookUps.push(id)
    },
    ...options,
    signatures: { signedCallbacks: true, ...options.signatures },
  })
  const { api, database, network } = world
  const nudge = () => makeChecksDue(database.pool)
  return {
    ...world,
    lookUps,
    nudge,
    /** A payment that waits for its payer. */
    async anOpenPayment() {
      const { collection } = await aPayment(api, { phone: aNumber() })
      await ok(collect(api, collection))
      const { rows } = await database.pool.query<{ provider_reference: string }>(
        'select provider_reference from executions where reference_id = $1',
        [collection.reference_id],
      )
      return { collection, id: rows[0]?.provider_reference ?? '' }
    },
    statusOf: async (collection: Collection) => ((await ok(executionOf(api, collection))) as { status: string }).status,
    /** What was stored about a payment, in order. */
    async verdictsOn(id: string) {
      const { rows } = await database.pool.query<{ verification: string; is_repeat: boolean }>(
        'select verification, is_repeat from provider_callbacks where provider_reference = $1 order by id',
        [id],
      )
      return rows.map(({ verification, is_repeat: isRepeat }) => (isRepeat ? `${verification}, again` : verification))
    },
    async stored(id: string) {
      const { rows } = await database.pool.query<{ headers: Record<string, string>; body: Buffer }>(
        'select headers, body from provider_callbacks where provider_reference = $1 order by id limit 1',
        [id],
      )
      if (!rows[0]) throw new Error(`Nothing was stored about ${id}.`)
      return rows[0]
    },
    balance: () => walletOf(database.pool, sandboxMerchant, 'USD'),
    async expectAllWell() {
      await expectProviderToAgree(database.pool, network.deposits())
      await expectBooksToBalance(database.pool)
    },
  }
}

/** Posts bytes with exactly these headers, the Host among them; answers the status. */
const replay = (url: string, headers: Record<string, string>, body: Buffer): Promise<number> =>
  new Promise((resolve, reject) => {
    const sent = request(`${url}/callbacks/pawapay`, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.once('end', () => {
        resolve(response.statusCode ?? 0)
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })

const became = (world: { statusOf: (its: Collection) => Promise<string> }, collection: Collection) =>
  expect.poll(() => world.statusOf(collection), { interval: 20, timeout: 10_000 })

/** Long enough for anything that was going to happen, and shorter than the network's first pause. */
const aMoment = () => pause(300)

describe.each<SignatureEncoding>(['der', 'raw'])('a callback with a signature in %s', (encoding) => {
  let world: Awaited<ReturnType<typeof aSigningWorld>>
  beforeAll(async () => {
    world = await aSigningWorld({ signatures: { encoding } })
  })
  afterAll(() => world.close())

  test('settles its payment, and nobody is asked about it', async () => {
    const before = await world.balance()
    const { collection, id } = await world.anOpenPayment()
    world.network.settle(id)
    await became(world, collection).toBe('COMPLETED')
    expect(world.lookUps).not.toContain(id)
    expect(await world.verdictsOn(id)).toEqual(['valid'])
    expect((await world.balance()) - before).toBe(100_00)
    await world.expectAllWell()
  })

  test('settles a refusal as well', async () => {
    const { collection, id } = await world.anOpenPayment()
    world.network.settle(id, 'PAYMENT_NOT_APPROVED')
    await became(world, collection).toBe('FAILED')
    expect(world.lookUps).not.toContain(id)
    await world.expectAllWell()
  })

  test('played again it is counted, and moves nothing', async () => {
    const { collection, id } = await world.anOpenPayment()
    world.network.settle(id)
    await became(world, collection).toBe('COMPLETED')
    const after = await world.balance()
    const { headers, body } = await world.stored(id)
    for (let times = 0; times < 3; times += 1) expect(await replay(world.url(), headers, body)).toBe(200)
    expect(await world.verdictsOn(id)).toEqual(['valid', 'valid, again', 'valid, again', 'valid, again'])
    expect(await world.balance()).toBe(after)
    await world.expectAllWell()
  })

  test('under a key that is new since a moment ago is as good', async () => {
    world.network.rotateKey()
    const { collection, id } = await world.anOpenPayment()
    world.network.settle(id)
    await became(world, collection).toBe('COMPLETED')
    expect(await world.verdictsOn(id)).toEqual(['valid'])
    expect(world.lookUps).not.toContain(id)
  })
})

const forgeries: readonly (readonly [SignatureFault, string])[] = [
  ['altered-body', 'bad_digest'],
  ['foreign-key', 'bad_signature'],
  ['unknown-key', 'unknown_key'],
  ['stale', 'stale'],
  ['other-authority', 'bad_signature'],
]

describe('a callback whose signature is wrong', () => {
  let world: Awaited<ReturnType<typeof aSigningWorld>>
  beforeAll(async () => {
    world = await aSigningWorld()
  })
  afterAll(() => world.close())

  test.each(forgeries)('%s: changes nothing, and the genuine one settles its payment once', async (fault, verdict) => {
    const before = await world.balance()
    const { collection, id } = await world.anOpenPayment()
    world.network.nextSignature(fault)
    world.network.settle(id)
    await expect.poll(() => world.verdictsOn(id), { interval: 20 }).toEqual([verdict])
    await aMoment()
    expect(await world.statusOf(collection)).toBe('PROCESSING')
    expect(world.lookUps).not.toContain(id)
    // The network takes a 401 for what it is and sends the callback again.
    await became(world, collection).toBe('COMPLETED')
    expect(await world.verdictsOn(id)).toEqual([verdict, 'valid'])
    expect((await world.balance()) - before).toBe(100_00)
    await world.expectAllWell()
  })

  test('genuine headers around another payment, another outcome or another address are answered 401', async () => {
    const paid = await world.anOpenPayment()
    const open = await world.anOpenPayment()
    world.network.settle(paid.id)
    await became(world, paid.collection).toBe('COMPLETED')
    const { headers, body } = await world.stored(paid.id)
    const text = body.toString()
    const other = Buffer.from(text.replace(paid.id, open.id))
    expect(await replay(world.url(), headers, other)).toBe(401)
    // As long as before: the length is one of the genuine headers.
    expect(await replay(world.url(), headers, Buffer.from(text.replace('"COMPLETED"', '"FAILED"   ')))).toBe(401)
    expect(await replay(world.url(), { ...headers, host: 'pay.example' }, body)).toBe(401)
    const { signature: _, ...withoutSignature } = headers
    expect(await replay(world.url(), withoutSignature, other)).toBe(401)
    await aMoment()
    expect(await world.statusOf(open.collection)).toBe('PROCESSING')
    expect(await world.verdictsOn(open.id)).toEqual(['bad_digest', 'malformed'])
    expect(world.lookUps).not.toContain(open.id)
  })

  test('one without any is a hint: the network is asked, and its answer counts', async () => {
    const { collection, id } = await world.anOpenPayment()
    world.network.nextSignature('unsigned')
    world.network.settle(id)
    await became(world, collection).toBe('COMPLETED')
    expect(world.lookUps).toContain(id)
    expect(await world.verdictsOn(id)).toEqual(['unsigned'])
  })

  // Last: what is left of its forgeries would meet the callbacks of others.
  test('does not keep a check from settling it either', async () => {
    const { collection, id } = await world.anOpenPayment()
    for (let times = 0; times < 20; times += 1) world.network.nextSignature('foreign-key')
    world.network.settle(id)
    await expect.poll(() => world.verdictsOn(id), { interval: 20 }).toEqual(['bad_signature'])
    expect(await settled(world.api, collection, world.nudge)).toMatchObject({ status: 'COMPLETED' })
    expect(world.lookUps).toContain(id)
    await world.expectAllWell()
  })
})

describe('where signatures are required', () => {
  let world: Awaited<ReturnType<typeof aSigningWorld>>
  beforeAll(async () => {
    world = await aSigningWorld({ env: { PAWAPAY_CALLBACK_SIGNATURES: 'required' } })
  })
  afterAll(() => world.close())

  test('a callback without one is refused, kept and asked nobody about', async () => {
    const { collection, id } = await world.anOpenPayment()
    world.network.nextSignature('unsigned')
    world.network.settle(id)
    await expect.poll(() => world.verdictsOn(id), { interval: 20 }).toEqual(['unsigned'])
    await aMoment()
    expect(await world.statusOf(collection)).toBe('PROCESSING')
    await became(world, collection).toBe('COMPLETED')
    expect(await world.verdictsOn(id)).toEqual(['unsigned', 'valid'])
    expect(world.lookUps).not.toContain(id)
  })
})

test('behind a proxy, what is signed is the address the network knows', async () => {
  const world = await aSigningWorld({ env: { DOLLR_PUBLIC_URL: 'https://other.example' } })
  const { collection, id } = await world.anOpenPayment()
  // The network calls the server past the proxy, so what it signs by itself is for another address.
  world.network.settle(id)
  await expect.poll(() => world.verdictsOn(id), { interval: 20 }).toEqual(['bad_signature'])
  expect(await world.statusOf(collection)).toBe('PROCESSING')
  await world.close()

  const told = await aSigningWorld({ env: { PAWAPAY_CALLBACK_URL: 'https://other.example/callbacks/pawapay' } })
  const { port } = new URL(told.url())
  await told.server().end()
  const address = `http://other.example:${port}/callbacks/pawapay`
  const behind = await startServer({ ...told.env, PORT: port, PAWAPAY_CALLBACK_URL: address })
  const payment = await told.anOpenPayment()
  told.network.nextSignature('other-authority')
  told.network.settle(payment.id)
  await became(told, payment.collection).toBe('COMPLETED')
  expect(told.lookUps).not.toContain(payment.id)
  await behind.end()
  await told.close()
})

describe('requests to an account that takes signed ones only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dollr-signing-'))
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const keyFile = join(folder, 'key.pem')
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const uploaded = { id: 'OUR_KEY', key: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  const withKey = (env: Record<string, string>): Promise<World> =>
    createWorld({ env, signatures: { signedRequestsOnly: [uploaded] } })

  test.each(['der', 'raw'])('are signed with the key that is configured, in %s', async (encoding) => {
    const world = await withKey({
      PAWAPAY_SIGNING_KEY_FILE: keyFile,
      PAWAPAY_SIGNING_KEY_ID: 'OUR_KEY',
      PAWAPAY_SIGNATURE_ENCODING: encoding,
    })
    const { collection } = await aPayment(world.api, { phone: aNumber() })
    await ok(collect(world.api, collection))
    expect(await settled(world.api, collection, () => makeChecksDue(world.database.pool))).toMatchObject({
      status: 'COMPLETED',
    })
    expect(world.network.deposits()).toMatchObject([{ initiations: 1 }])
    await world.close()
  })

  test('are refused without one, and under a name the account does not know', async () => {
    for (const env of [{}, { PAWAPAY_SIGNING_KEY_FILE: keyFile, PAWAPAY_SIGNING_KEY_ID: 'ANOTHER' }]) {
      const world = await withKey(env)
      const { collection } = await aPayment(world.api, { phone: aNumber() })
      expect(await ok(collect(world.api, collection))).toMatchObject({
        status: 'FAILED',
        gateway_message: 'The operator refused the payment (HTTP_SIGNATURE_ERROR).',
      })
      expect(world.network.deposits()).toEqual([])
      await world.close()
    }
  })

  test('a key that cannot be used keeps the server from starting', async () => {
    const network = await startPawapaySimulator({ apiToken: 'sandbox-token' })
    const start = async (file: string) => {
      const { code, stderr } = await run(programs.server, [], {
        PAWAPAY_BASE_URL: network.url,
        PAWAPAY_SIGNING_KEY_FILE: file,
        PAWAPAY_SIGNING_KEY_ID: 'OUR_KEY',
      })
      return { code, said: stderr.trim() }
    }
    const publicFile = join(folder, 'public.pem')
    writeFileSync(publicFile, uploaded.key)
    expect(await start(join(folder, 'none.pem'))).toMatchObject({
      code: 1,
      said: expect.stringMatching(/^PAWAPAY_SIGNING_KEY_FILE cannot be read: /) as unknown,
    })
    expect(await start(publicFile)).toEqual({
      code: 1,
      said: 'PAWAPAY_SIGNING_KEY_FILE holds no private key in PEM without a passphrase.',
    })
    await network.close()
  })
})
