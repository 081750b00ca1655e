import { expect, test } from 'vitest'
import { environmentOf } from './dev/environment.ts'
import { readPasscode } from './payments/payout.ts'
import { readSettings } from './settings.ts'

test('without any setting it is the sandbox of this machine', () => {
  expect(readSettings({}, {})).toEqual({
    baseUrl: 'http://127.0.0.1:8080',
    clientId: 'sandbox',
    clientSecret: 'sandbox-secret',
    areSandbox: true,
  })
})

test('the command line wins over the environment', () => {
  const env = { DOLLR_BASE_URL: 'https://pay.test/', DOLLR_CLIENT_ID: 'shop', DOLLR_CLIENT_SECRET: 'secret' }
  expect(readSettings(env, {})).toMatchObject({ baseUrl: 'https://pay.test', clientId: 'shop', areSandbox: false })
  expect(readSettings(env, { baseUrl: 'http://127.0.0.1:8081' }).baseUrl).toBe('http://127.0.0.1:8081')
})

test('half of the credentials, or no address, is a wrong usage', () => {
  expect(() => readSettings({ DOLLR_CLIENT_ID: 'shop' }, {})).toThrow('together')
  expect(() => readSettings({}, { baseUrl: 'ftp://pay.test' })).toThrow('no address')
  expect(() => readSettings({}, { baseUrl: '8080' })).toThrow('no address')
})

test('a passcode is the sandbox’s in a sandbox, and anywhere else named', () => {
  expect(readPasscode({}, true)).toEqual({ phone: '231770000000', code: '123456' })
  expect(readPasscode({ DOLLR_PASSCODE: '482916', DOLLR_PASSCODE_PHONE: '231770000002' }, false)).toEqual({
    phone: '231770000002',
    code: '482916',
  })
  expect(() => readPasscode({ DOLLR_PASSCODE: '482916' }, false)).toThrow('DOLLR_PASSCODE_PHONE')
})

test('what a sandbox is started with on the command line wins over the shell, and it is quiet unless told otherwise', () => {
  const env = { PORT: '1', DOLLR_DATA_DIR: 'kept' }
  expect(environmentOf(env, { port: '2' })).toMatchObject({
    PORT: '2',
    DOLLR_DATA_DIR: 'kept',
    DOLLR_LOG_LEVEL: 'warn',
  })
  expect(environmentOf({ DOLLR_LOG_LEVEL: 'debug' }, {})).toMatchObject({ DOLLR_LOG_LEVEL: 'debug' })
})
