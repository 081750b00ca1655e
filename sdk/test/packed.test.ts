import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld } from '../../server/test/support/black-box/world.ts'

/** The package as others install it: packed, and put into projects that know nothing of this repository. */

const sdk = join(import.meta.dirname, '..')
const root = join(sdk, '..')
const run = promisify(execFile)
const world = await createWorld()
const folder = await mkdtemp(join(tmpdir(), 'dollr-consumers-'))
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await world.close()
})

let tarball = ''
beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: sdk,
  })
  const [packed] = JSON.parse(stdout) as [{ filename: string }]
  tarball = join(folder, packed.filename)
})

/** A project of its own with the package in it, installed without a network: it depends on nothing. */
async function consumer(name: string, as = name): Promise<string> {
  const project = join(folder, as)
  await cp(join(import.meta.dirname, 'consumers', name), project, { recursive: true })
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error', tarball], { cwd: project })
  return project
}

async function paid(program: string, args: readonly string[], cwd: string): Promise<unknown> {
  const { stdout } = await run(program, args, { cwd, env: { ...process.env, BASE_URL: world.url() } })
  return JSON.parse(stdout)
}

const result = { status: 'COMPLETED', source: 'PAID', kept: 1, listed: true, refused: ['phone'], event: 'evt_1' }

describe('the packed package', () => {
  test('holds what runs and what types it, and nothing else', async () => {
    const { buffer } = Uint8Array.from(await readFile(tarball))
    const { messages } = await publint({ pack: { tarball: buffer }, strict: true })
    const manifest = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8')) as Record<string, unknown>
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([])
    expect(manifest).not.toHaveProperty('dependencies')
    const project = await consumer('esm', 'contents')
    const installed = await readdir(join(project, 'node_modules/@dollr/sdk'), { recursive: true })
    const strangers = installed.filter((path) => !/^(dist|cjs)|^(package\.json|README\.md|LICENSE)$/.test(path))
    expect(strangers).toEqual([])
    expect(await readdir(join(project, 'node_modules'))).toEqual(['.package-lock.json', '@dollr'])
  })

  test('pays from a project of ECMAScript modules', async () => {
    expect(await paid(process.execPath, ['pay.js'], await consumer('esm'))).toEqual(result)
  })

  test('pays from a project of CommonJS modules', async () => {
    expect(await paid(process.execPath, ['pay.js'], await consumer('cjs'))).toEqual(result)
  })

  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

  test('compiles in a strict project, refuses mistakes there, and pays', { timeout: 120_000 }, async () => {
    const project = await consumer('typescript-strict')
    await run(process.execPath, [tsc, '-p', '.'], { cwd: project })
    expect(await paid(process.execPath, ['pay.js'], project)).toEqual({
      ...result,
      again: 'conflict',
      told: '250 USD',
    })
  })

  test.each([
    ['a bundler', ['--module', 'esnext', '--moduleResolution', 'bundler']],
    ['Node’s own types and no browser’s', ['--lib', 'es2023', '--types', 'node']],
  ])('has types that fit %s', { timeout: 120_000 }, async (name, options) => {
    const project = await consumer('typescript-strict', `types-${name.replaceAll(/\W/g, '-')}`)
    await mkdir(join(project, 'node_modules/@types'), { recursive: true })
    await symlink(join(root, 'node_modules/@types/node'), join(project, 'node_modules/@types/node'))
    const { stdout } = await run(process.execPath, [tsc, '-p', '.', '--noEmit', ...options], { cwd: project })
    expect(stdout).toBe('')
  })

  const where = [...(process.env['PATH'] ?? '').split(delimiter), join(root, 'node_modules/.bin')]
  const runtimes = [
    ['bun', ['pay.js']],
    ['deno', ['run', '--no-lock', '--node-modules-dir=manual', '--allow-net', '--allow-env', 'pay.js']],
  ] as const

  describe.each(runtimes)('in %s', (name, args) => {
    const program = where.map((each) => join(each, name)).find((each) => existsSync(each))
    if (program === undefined) process.stderr.write(`Not proved here: ${name} is not installed.\n`)

    test.skipIf(program === undefined)('pays', { timeout: 120_000 }, async () => {
      expect(await paid(program ?? name, args, await consumer('esm', name))).toEqual(result)
    })
  })
})
