import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataFolder, type DataFolder } from '../support/black-box/embedded.ts'
import { launch, printed, type Program, run } from '../support/black-box/server-process.ts'

/** What `npm run pack` writes, installed by somebody who has nothing of ours, in a folder whose name has a space. */
const root = join(import.meta.dirname, '../../..')
const nobody = 65_534

let place: string
let folder: string
let dollr: string
let data: DataFolder

const npm = (...args: readonly string[]) =>
  execFileSync('npm', [...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

const npx = (...args: readonly string[]) =>
  execFileSync('npx', ['--no-install', ...args], { cwd: folder, encoding: 'utf8' })

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'dollr-packed-'))
  folder = join(place, 'an empty folder')
  await mkdir(folder)
  execFileSync(process.execPath, [join(root, 'scripts/pack.mjs'), '--to', place], { stdio: 'ignore' })
  npm('install', '--no-audit', '--no-fund', '--prefer-offline', join(place, 'dollr-0.1.0.tgz'))
  dollr = join(folder, 'node_modules/dollr/build/dollr.js')
  data = await createDataFolder()
  if (process.getuid?.() === 0) await chown(data.path, nobody, nobody)
}, 300_000)

afterAll(async () => {
  await data.remove()
  await rm(place, { recursive: true, force: true })
})

const environment = () => ({ HOME: place, DOLLR_SANDBOX_DELAY_MS: '100' })

async function start(...args: readonly string[]): Promise<{ readonly program: Program; readonly url: string }> {
  const program = await launch(dollr, ['dev', '--port', '0', ...args], environment(), { cwd: folder })
  return { program, url: await printed(program, /Dollr serves (\S+)/) }
}

test('npx finds it, with the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'cli/package.json'), 'utf8')) as {
    readonly version: string
  }
  expect(npx('dollr', '--version')).toBe(`${version}\n`)
})

test('there is no test in it, and nothing of ours that it would have to fetch', async () => {
  const inside = join(folder, 'node_modules/dollr')
  const files = (await readdir(inside, { recursive: true })).filter((file) => /\.(js|ts)$/.test(file))
  expect(files.filter((file) => /\.test\.|\.ts$|(^|\/)test\//.test(file))).toEqual([])
  const manifest = JSON.parse(await readFile(join(inside, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  expect(Object.keys(manifest.dependencies).filter((name) => name.includes('dollr'))).toEqual([])
  expect(Object.values(manifest.dependencies).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  const texts = await Promise.all(
    files.map(async (file) => [file, await readFile(join(inside, file), 'utf8')] as const),
  )
  expect(texts.filter(([, text]) => /from\s+['"]@dollr\//.test(text)).map(([file]) => file)).toEqual([])
  const notices = await readFile(join(inside, 'build/THIRD-PARTY-NOTICES.txt'), 'utf8')
  expect(notices).toMatch(/^fastify \d\S+ \(MIT\)\n\nMIT License\n\nCopyright/m)
})

test('dollr dev serves a sandbox that is paid in, keeps it below the folder, and ends on Ctrl-C with its database', async () => {
  const { program, url } = await start()
  expect(program.stdout()).toContain('client_secret  sandbox-secret')
  expect(await (await fetch(`${url}/docs/guides/quick-start`)).text()).toContain('npx dollr dev')
  const paid = await run(dollr, ['collect', '25', '--from', '231881234567', '--json'], {
    ...environment(),
    DOLLR_BASE_URL: url,
  })
  expect(JSON.parse(paid.stdout)).toMatchObject({ status: 'COMPLETED' })
  expect(await readdir(join(folder, '.dollr'))).toContain('postgres')
  expect((await run(dollr, ['verify'], environment(), { cwd: folder })).code).toBe(0)
  expect(await program.end('SIGINT')).toEqual({ code: 0, signal: null })
  expect(await readdir(join(folder, '.dollr/postgres'))).not.toContain('postmaster.pid')
})

describe('what is taken already is said in one line, with what to do', () => {
  test('a folder', async () => {
    const { program } = await start()
    const second = await run(dollr, ['dev', '--port', '0'], environment(), { cwd: folder })
    expect(second).toMatchObject({ code: 1, stdout: '' })
    expect(second.stderr).toMatch(/^Another Dollr is running on .*--data-dir.*\n$/)
    expect(await program.end('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  test('a port', async () => {
    const occupant = createServer()
    const port = await new Promise<number>((resolve) => {
      occupant.listen(0, '127.0.0.1', () => {
        resolve((occupant.address() as { readonly port: number }).port)
      })
    })
    const refused = await run(dollr, ['dev', '--port', String(port)], environment(), { cwd: folder })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken\\. .*--port.*\\n$`))
    await new Promise((resolve) => occupant.close(resolve))
  })
})

test.runIf(process.getuid?.() === 0)(
  'a user without any rights runs it as well, with a data folder of their own',
  async () => {
    await chown(place, nobody, nobody)
    const program = await launch(
      dollr,
      ['dev', '--port', '0', '--data-dir', data.path, '--json'],
      { ...environment(), HOME: '/nonexistent' },
      { cwd: folder, uid: nobody },
    )
    const { base_url: url } = JSON.parse(await printed(program, /(\{.*\})/)) as { readonly base_url: string }
    expect((await fetch(`${url}/health`)).status).toBe(200)
    expect(await program.end('SIGINT')).toEqual({ code: 0, signal: null })
    expect(await data.postgresPid()).toBeUndefined()
  },
)
