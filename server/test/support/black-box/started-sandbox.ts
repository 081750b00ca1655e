import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { plainEnvironment } from './document-runner.ts'

export interface StartedSandbox {
  readonly url: string
  readonly close: () => Promise<void>
}

const root = join(import.meta.dirname, '../../../..')
const banner = /Dollr serves (\S+) /

/** A sandbox started as a reader would start it, with data of its own, and a payer who is quicker than people. */
export async function startSandbox(): Promise<StartedSandbox> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dollr-started-'))
  const server = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: { ...plainEnvironment, DOLLR_DATA_DIR: dataDir, PORT: '0', DOLLR_SANDBOX_DELAY_MS: '300' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const close = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      const closed = new Promise((resolve) => server.once('close', resolve))
      server.kill('SIGTERM')
      await closed
    }
    await rm(dataDir, { recursive: true, force: true })
  }
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = banner.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    server.once('error', reject)
    server.once('close', () => {
      reject(new Error(`It ended:\n${said}`))
    })
  })
  return { url, close }
}
