import { expect, test } from 'vitest'
import { readConfig } from '@dollr/server/settings'
import { bannerOf, factsOf } from './banner.ts'

const sandbox = { config: readConfig({ DOLLR_DATA_DIR: '/data' }), url: 'http://127.0.0.1:8080' }

test('who starts a sandbox is told how to get in, where to read on and what to type next', () => {
  const banner = bannerOf(sandbox, 'npx dollr')
  expect(banner).toContain('Dollr serves http://127.0.0.1:8080 (sandbox: no real money moves)')
  expect(banner).toContain('client_secret  sandbox-secret')
  expect(banner).toContain('http://127.0.0.1:8080/docs')
  expect(banner).toContain('\n  npx dollr trigger paid-checkout')
  expect(banner).toContain('What it knows is kept in /data.')
})

test('a sandbox elsewhere than at the usual place is named to its commands', () => {
  const banner = bannerOf({ ...sandbox, url: 'http://127.0.0.1:8081' }, 'npx dollr')
  expect(banner).toContain('DOLLR_BASE_URL=http://127.0.0.1:8081 npx dollr trigger')
})

test('nobody is told commands that are not there', () => {
  expect(bannerOf(sandbox)).not.toContain('npx dollr')
})

test('no secret of a live server is told', () => {
  const config = { ...sandbox.config, mode: 'live' as const, publicUrl: 'https://pay.test' }
  expect(bannerOf({ config, url: 'http://127.0.0.1:8080' }, 'npx dollr')).toBe(
    '\n  Dollr serves https://pay.test (live)\n\n',
  )
  expect(factsOf({ config, url: 'http://127.0.0.1:8080' })).toEqual({ mode: 'live', base_url: 'https://pay.test' })
})
