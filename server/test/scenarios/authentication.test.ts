import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { apiClient, type Call, signIn } from '../support/black-box/api-client.ts'
import { unknownId } from '../support/black-box/builders.ts'
import { sandboxCredentials, startServer } from '../support/black-box/server-process.ts'
import { readToken, signToken as sign } from '../support/black-box/tokens.ts'
import { createWorld, sandboxMerchant } from '../support/black-box/world.ts'

const secret = 'a secret of more than thirty-two characters'
const formerSecret = 'the secret before it and also more than thirty-two'
const world = await createWorld({ env: { DOLLR_JWT_SECRET: `${secret},${formerSecret}` } })
afterAll(world.close)

const anonymous = apiClient(world.url)
const token = world.api.token ?? ''
const notValid = { status: 401, body: { detail: 'Could not validate credentials' } }

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const { header, payload } = readToken(token)
const [tokenHeader, , tokenSignature] = token.split('.')
const now = Math.floor(Date.now() / 1000)

const list = (authorization: string) =>
  anonymous.send({ method: 'GET', path: '/v1/parties/list', headers: { authorization } })

test.each([
  ['another scheme', `Basic ${Buffer.from('sandbox:sandbox-secret').toString('base64')}`],
  ['no scheme', token],
  ['no token', 'Bearer'],
  ['no token after a space', 'Bearer '],
  ['two tokens', `Bearer ${token} ${token}`],
  ['a token with a comma', `Bearer ${token},`],
  ['garbage', 'Bearer \u00ff\u00fe'],
  ['three empty parts', 'Bearer ..'],
  ['a very long token', `Bearer ${'a'.repeat(8000)}`],
  ['an altered signature', `Bearer ${token.slice(0, -2)}${token.endsWith('A') ? 'BB' : 'AA'}`],
  ['no signature', `Bearer ${token.slice(0, token.lastIndexOf('.') + 1)}`],
  ['the client secret', `Bearer ${sandboxCredentials.client_secret}`],
  ['another payload', `Bearer ${tokenHeader ?? ''}.${base64({ ...payload, merchant_id: 2 })}.${tokenSignature ?? ''}`],
  ['alg none', `Bearer ${base64({ alg: 'none', typ: 'JWT' })}.${base64(payload)}.`],
  ['another secret', `Bearer ${sign(header, payload, 'guessed and longer than thirty-two characters')}`],
  ['another algorithm', `Bearer ${sign({ ...header, alg: 'HS512' }, payload, secret, 'sha512')}`],
  ['an unknown key', `Bearer ${sign({ ...header, kid: 'other' }, payload, secret)}`],
  ['an expiry in the past', `Bearer ${sign(header, { ...payload, exp: now - 1 }, secret)}`],
  ['no expiry', `Bearer ${sign(header, { ...payload, exp: undefined }, secret)}`],
  ['a beginning in the future', `Bearer ${sign(header, { ...payload, nbf: now + 3600 }, secret)}`],
  ['an unknown client', `Bearer ${sign(header, { ...payload, sub: 'nobody' }, secret)}`],
  ["another merchant's id", `Bearer ${sign(header, { ...payload, merchant_id: unknownId }, secret)}`],
  ['a payload that is no object', `Bearer ${sign(header, [1], secret)}`],
])('a bearer token with %s is refused', async (_, authorization) => {
  expect(await list(authorization)).toMatchObject(notValid)
})

test.each([
  ['as it was issued', `Bearer ${token}`],
  ['with the scheme in small letters', `bearer ${token}`],
  ['signed by hand with the same secret', `Bearer ${sign(header, { ...payload, jti: randomUUID() }, secret)}`],
])('a token is good %s', async (_, authorization) => {
  expect(await list(authorization)).toMatchObject({ status: 200 })
})

test('a token is an HS256 JWT that names the client and the merchant and lives for an hour', () => {
  expect(header).toMatchObject({ alg: 'HS256', typ: 'JWT' })
  expect(payload).toMatchObject({ sub: 'sandbox', jti: expect.stringMatching(/./) as unknown })
  expect(Number(payload['exp']) - Number(payload['iat'])).toBe(3600)
  expect(JSON.stringify(payload)).toContain(String(sandboxMerchant))
})

describe('asking for a token', () => {
  test.each([
    ['a wrong secret', { client_id: 'sandbox', client_secret: 'wrong' }],
    ['an unknown client', { client_id: 'nobody', client_secret: 'sandbox-secret' }],
    ['nothing in both', { client_id: '', client_secret: '' }],
    ['a secret that begins like the right one', { client_id: 'sandbox', client_secret: 'sandbox-secre' }],
    ['the client id in other letters', { client_id: 'Sandbox', client_secret: 'sandbox-secret' }],
    ['a pattern', { client_id: '%', client_secret: 'sandbox-secret' }],
  ])('with %s is refused without a hint', async (_, credentials) => {
    const answer = await anonymous.post('/jwt/client/obtain/token', credentials)
    expect(answer).toMatchObject(notValid)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
  })

  test('needs no token, and does not mind a bad one', async () => {
    const headers = { authorization: 'Bearer garbage' }
    const call: Call = { method: 'POST', path: '/v1/jwt/client/obtain/token', json: sandboxCredentials, headers }
    expect(await anonymous.send(call)).toMatchObject({ status: 200 })
  })

  test('names each field that is missing or wrong', async () => {
    const issues = (fields: Record<string, object>) => ({
      status: 422,
      body: { detail: Object.entries(fields).map(([field, what]) => ({ loc: ['body', field], ...what })) },
    })
    const missing = { msg: 'field required', type: 'value_error.missing' }
    const notText = { msg: 'str type expected', type: 'type_error.str' }
    const ask = (json: unknown) => anonymous.post('/jwt/client/obtain/token', json)
    expect(await ask({})).toMatchObject(issues({ client_id: missing, client_secret: missing }))
    expect(await ask({ client_id: 5, client_secret: null })).toMatchObject(
      issues({
        client_id: notText,
        client_secret: { msg: 'none is not an allowed value', type: 'type_error.none.not_allowed' },
      }),
    )
    expect(await ask({ client_id: 'a\0', client_secret: 'b' })).toMatchObject({ status: 422 })
  })

  test('gives a new token each time, and the old ones stay good', async () => {
    const again = await signIn(world.url, sandboxCredentials)
    expect(again.token).not.toBe(token)
    expect(await list(`Bearer ${token}`)).toMatchObject({ status: 200 })
    expect(await again.get('/parties/list')).toMatchObject({ status: 200 })
  })
})

describe('the secret that signs tokens can be replaced', () => {
  test('without ending the tokens that are out', async () => {
    const before = await startServer({ ...world.env, DOLLR_JWT_SECRET: formerSecret })
    const former = await signIn(() => before.url, sandboxCredentials)
    await before.end()
    expect(await list(`Bearer ${former.token ?? ''}`)).toMatchObject({ status: 200 })
  })

  test('and a token of a secret that is no longer held is refused', async () => {
    const elsewhere = await startServer({
      ...world.env,
      DOLLR_JWT_SECRET: 'an altogether different secret that is long enough',
    })
    const other = await signIn(() => elsewhere.url, sandboxCredentials)
    expect(await other.get('/parties/list')).toMatchObject({ status: 200 })
    expect(await list(`Bearer ${other.token ?? ''}`)).toMatchObject(notValid)
    await elsewhere.end()
  })
})
