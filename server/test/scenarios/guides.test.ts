import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { hasPython, runDocument, stepsOf } from '../support/black-box/document-runner.ts'
import { startSandbox } from '../support/black-box/started-sandbox.ts'

/** Every example of the guides, run in order as a reader would paste it. The quick start is followed elsewhere. */
const root = join(import.meta.dirname, '../../..')
const guides = ['hosted-checkout', 'payouts', 'cards', 'webhooks', 'errors', 'self-hosting', 'sandbox']
const readGuide = (name: string): Promise<string> => readFile(join(root, 'docs/guides', `${name}.md`), 'utf8')

const sandbox = await startSandbox()
afterAll(sandbox.close)

/** A reader's folder, in which `npm install @dollr/sdk` was run. */
async function aProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dollr-guide-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** One that nobody listens on, nor on the one after it. */
async function aFreePort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 20_000); ; port += 2) {
    const free = await Promise.all([port, port + 1].map(isFree))
    if (free.every(Boolean)) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => {
      resolve(false)
    })
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true)
      })
    })
  })

describe.each(guides)('the guide %s', (name) => {
  test('does what it says, in curl, Node and Python', async () => {
    const folder = await aProject()
    try {
      const steps = stepsOf(await readGuide(name))
      expect(steps.length).toBeGreaterThan(0)
      const { notRun } = await runDocument(steps, {
        folder,
        environment: { DOLLR_BASE_URL: sandbox.url, RECEIVER_PORT: String(await aFreePort()) },
      })
      for (const block of notRun) process.stderr.write(`NOT RUN, there is no python3 here: ${name}: ${block}`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 120_000)
})

test('every block of the guides is run, is a file that is saved, or is in a language that is only shown', async () => {
  for (const name of guides) {
    // Fences come in pairs: every second part is a block.
    const blocks = (await readGuide(name)).split(/^```/m).filter((_, index) => index % 2 === 1)
    for (const block of blocks) {
      const [, language = '', file] = /^(\w*)(?: (\S+))?\n/.exec(block) ?? []
      const isRun = language === 'bash' || file !== undefined
      expect(isRun || ['sh', 'json', 'js'].includes(language), `${name}: a block of "${language}"`).toBe(true)
    }
  }
})

test('files that guides name are the ones they run', async () => {
  for (const name of guides) {
    const steps = stepsOf(await readGuide(name))
    const commands = steps.flatMap((step) => (step.kind === 'run' ? [step.text] : [])).join('\n')
    for (const step of steps) if (step.kind === 'save') expect(commands, name).toContain(step.file)
  }
})

test.runIf(process.env['CI'] !== undefined)('where all tests must run, there is a Python', () => {
  expect(hasPython()).toBe(true)
})
