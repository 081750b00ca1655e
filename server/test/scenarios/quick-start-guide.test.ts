import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runDocument, stepsOf } from '../support/black-box/document-runner.ts'

/**
 * The quick start, followed by a newcomer: an empty folder, the two packages as they are published, and nothing else of ours.
 * What they depend on is installed from where this machine installs everything.
 */
const root = join(import.meta.dirname, '../../..')
const place = await mkdtemp(join(tmpdir(), 'dollr-newcomer-'))
afterAll(() => rm(place, { recursive: true, force: true }))

/** A newcomer has one free, or names one in PORT. */
async function aFreePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  await new Promise((closed) => server.close(closed))
  return port
}

/** How this machine reaches a registry. */
const network = Object.fromEntries(
  Object.entries(process.env).filter(([name]) =>
    /^(npm_config_(registry|userconfig|cafile)|https?_proxy|no_proxy|node_extra_ca_certs)$/i.test(name),
  ),
)

test('leads from an empty folder to the verified webhook of a paid checkout, in less than five minutes', async () => {
  const packed = join(place, 'packed')
  const folder = join(place, 'shop')
  await mkdir(folder)
  const { status, stderr } = spawnSync('node', ['scripts/pack.mjs', '--to', packed], { cwd: root, encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  for (const archive of await readdir(packed)) await copyFile(join(packed, archive), join(folder, archive))
  const port = String(await aFreePort())
  const steps = stepsOf(await readFile(join(root, 'docs/guides/quick-start.md'), 'utf8'))
  expect(steps.map(({ kind }) => kind)).toEqual(['run', 'run', 'save', 'run', 'pay', 'await'])

  const began = Date.now()
  await runDocument(steps, {
    folder,
    environment: { ...network, PORT: port, DOLLR_BASE_URL: `http://127.0.0.1:${port}` },
  })
  expect(Date.now() - began).toBeLessThan(5 * 60_000)
}, 600_000)
