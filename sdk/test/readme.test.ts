import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { createWorld } from '../../server/test/support/black-box/world.ts'

/** The examples of the README as one program: compiled, run, and held against what their comments say they print. */

const sdk = join(import.meta.dirname, '..')
const run = promisify(execFile)
const readme = await readFile(join(sdk, 'README.md'), 'utf8')
const [, marked = ''] = /<!-- examples begin[^>]*-->([^]*?)<!-- examples end -->/.exec(readme) ?? []
const program = [...marked.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block = '']) => block).join('\n')
const promised = [...program.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)].map(([, line]) => line)

const world = await createWorld()
const folder = await mkdtemp(join(tmpdir(), 'dollr-sdk-readme-'))
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await world.close()
})

const compilerOptions = {
  ...{ target: 'es2023', module: 'nodenext', lib: ['es2023', 'dom'], types: [], noEmit: true, strict: true },
  // A parameter without a type is what makes the examples JavaScript as well.
  noImplicitAny: false,
}

async function writeProject(): Promise<void> {
  await mkdir(join(folder, 'node_modules/@dollr'), { recursive: true })
  await symlink(sdk, join(folder, 'node_modules/@dollr/sdk'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const address = 'http://127.0.0.1:8080'
  expect(program).toContain(address)
  await writeFile(join(folder, 'example.js'), program.replaceAll(address, world.url()))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['example.ts'] }))
  await writeFile(join(folder, 'example.ts'), program)
}

test('every example compiles, runs and prints what it says', { timeout: 120_000 }, async () => {
  expect(promised.length).toBeGreaterThan(8)
  await writeProject()

  const { stdout } = await run(process.execPath, ['example.js'], { cwd: folder })
  expect(stdout.trim().split('\n')).toEqual(promised)

  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const compiled = await run(process.execPath, [tsc, '-p', '.'], { cwd: folder }).catch(
    (error: unknown) => error as { readonly stdout: string },
  )
  expect(compiled.stdout).toBe('')
})
