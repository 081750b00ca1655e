import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { open, submit } from './browser.ts'

/**
 * Runs a document the way its reader would: what is in bash blocks is pasted into a shell, one block after the other; a block
 * with a name after its language is saved as the file of that name. A note before a block says what a person does besides:
 *
 * - `<!-- in a second terminal, until it says: TEXT -->`: the next block runs in a shell of its own, and goes on there.
 * - `<!-- the second terminal says: TEXT -->`, or the first: wait until it has.
 * - `<!-- the payer opens $NAME and pays -->`: the address is in that variable of the first shell; `the second terminal's
 *   link` is the last address it showed.
 */
export type Step =
  | { readonly kind: 'run'; readonly text: string; readonly background?: string }
  | { readonly kind: 'save'; readonly file: string; readonly text: string }
  | { readonly kind: 'await'; readonly terminal: 'first' | 'second'; readonly text: string }
  | { readonly kind: 'pay'; readonly where: string }

const piece = /^<!-- ([^]*?) -->$|^```(\w+)(?: (\S+))?\n([^]*?)^```$/gm
const background = /^in a second terminal, until it says: (.+)$/
const awaited = /^the (first|second) terminal says: (.+)$/
const payer = /^the payer opens (.+) and pays$/

/** What a document asks its reader to do, in order. Blocks in other languages without a name are only shown. */
export function stepsOf(markdown: string): readonly Step[] {
  const steps: Step[] = []
  let until: string | undefined
  for (const [, note, language, file, text = ''] of markdown.matchAll(piece)) {
    const [, terminal, awaitedText] = awaited.exec(note ?? '') ?? []
    const paidAt = payer.exec(note ?? '')?.[1]
    if (note !== undefined) until = background.exec(note)?.[1] ?? until
    if (awaitedText !== undefined)
      steps.push({ kind: 'await', terminal: terminal === 'first' ? 'first' : 'second', text: awaitedText })
    else if (paidAt !== undefined) steps.push({ kind: 'pay', where: paidAt })
    else if (file !== undefined) steps.push({ kind: 'save', file, text })
    else if (language === 'bash') {
      steps.push(until === undefined ? { kind: 'run', text } : { kind: 'run', text, background: until })
      until = undefined
    }
  }
  return steps
}

export const hasPython = (): boolean => spawnSync('python3', ['--version']).status === 0

/** Nothing of the shell that runs the tests decides how a server starts or where the lines go. */
export const plainEnvironment: Readonly<Record<string, string | undefined>> = {
  HOME: process.env['HOME'],
  PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
}

const longestStepMs = 120_000

/** A shell that is handed one block after the other and keeps its variables. */
class Shell {
  readonly #bash: ChildProcess
  #said = ''
  #ended = false
  #changed: () => void = () => undefined

  constructor(folder: string, environment: Readonly<Record<string, string | undefined>>) {
    // In a group of its own: what a block left running goes when its shell does.
    this.#bash = spawn('bash', ['-euo', 'pipefail'], {
      cwd: folder,
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [this.#bash.stdout, this.#bash.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString()
        this.#changed()
      })
    }
    this.#bash.once('close', () => {
      this.#ended = true
      this.#changed()
    })
  }

  get transcript(): string {
    return this.#said
  }

  get pid(): number | undefined {
    return this.#bash.pid
  }

  /** Blocks read nothing from us, or one that reads its input would swallow the next. */
  paste(file: string, after = ''): void {
    this.#bash.stdin?.write(`. '${file}' </dev/null\n${after}\n`)
  }

  async until(wanted: string, from = 0): Promise<void> {
    const deadline = Date.now() + longestStepMs
    while (!this.#said.includes(wanted, from)) {
      if (this.#ended || Date.now() > deadline) {
        throw new Error(`${this.#ended ? 'The shell ended' : 'Nothing more'} before "${wanted}":\n${this.#said}`)
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1_000)
        this.#changed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  async close(): Promise<void> {
    if (this.#ended || this.#bash.pid === undefined) return
    const closed = new Promise((resolve) => this.#bash.once('close', resolve))
    process.kill(-this.#bash.pid, 'SIGTERM')
    await closed
  }
}

export interface Run {
  /** All that the reader saw in the first terminal. */
  readonly transcript: string
  /** What variables of the first shell hold in the end. */
  readonly valueOf: (name: string) => string
  /** Blocks that were not run, because this machine has no Python. */
  readonly notRun: readonly string[]
}

interface RunOptions {
  /** Where the reader is: an empty folder of its own unless said otherwise. */
  readonly folder?: string
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Variables to tell the values of. */
  readonly values?: readonly string[]
}

const valueMark = (name: string): string => `--- ${name}: `

async function pay(address: string): Promise<void> {
  const page = await open(address)
  if (page.fields.length === 0) throw new Error(`${address} shows nothing to pay: ${page.text}`)
  await submit(page)
}

/** Follows a document to its end. Whatever fails in it fails here, with what its reader would have seen. */
export async function runDocument(
  steps: readonly Step[],
  { folder, environment = {}, values = [] }: RunOptions = {},
): Promise<Run> {
  const scripts = await mkdtemp(join(tmpdir(), 'dollr-document-'))
  const here = folder ?? join(scripts)
  const env = { ...plainEnvironment, ...environment }
  const first = new Shell(here, env)
  const others: Shell[] = []
  const withPython = hasPython()
  const notRun: string[] = []
  let count = 0
  const ask = async (name: string): Promise<string> => {
    const file = join(scripts, `ask-${(count += 1)}`)
    const [from, end] = [first.transcript.length, `--- end of ${count}`]
    await writeFile(file, `printf '%s%s\\n%s\\n' '${valueMark(name)}' "$${name}" '${end}'\n`)
    first.paste(file)
    await first.until(end, from)
    return new RegExp(`${valueMark(name)}(.*)\n`).exec(first.transcript.slice(from))?.[1] ?? ''
  }
  const follow = async (step: Step): Promise<void> => {
    switch (step.kind) {
      case 'save':
        return writeFile(join(here, step.file), step.text)
      case 'await':
        return (step.terminal === 'first' ? first : others.at(-1))?.until(step.text)
      case 'pay': {
        const name = /^\$(\w+)$/.exec(step.where)?.[1]
        const shown = others.at(-1)?.transcript.match(/https?:\/\/\S+\/pay\/\S+/g)
        return pay(name === undefined ? (shown?.at(-1) ?? step.where) : await ask(name))
      }
      case 'run': {
        if (!withPython && /\bpython3\b/.test(step.text)) {
          notRun.push(step.text)
          return
        }
        const file = join(scripts, `block-${(count += 1)}`)
        await writeFile(file, step.text)
        if (step.background === undefined) {
          const end = `--- block ${count} is over`
          first.paste(file, `echo '${end}'`)
          return first.until(end)
        }
        const other = new Shell(here, env)
        others.push(other)
        other.paste(file)
        return other.until(step.background)
      }
    }
  }
  try {
    for (const step of steps) await follow(step)
    const held = new Map<string, string>()
    for (const name of values) held.set(name, await ask(name))
    return { transcript: first.transcript, valueOf: (name) => held.get(name) ?? '', notRun }
  } finally {
    await first.close()
    for (const other of others) await other.close()
    await rm(scripts, { recursive: true, force: true })
  }
}
