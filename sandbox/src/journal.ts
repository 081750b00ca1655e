import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, readSync } from 'node:fs'
import { dirname } from 'node:path'

const chunkBytes = 1024 * 1024
const newline = 0x0a

/**
 * An append-only file of one JSON value per line. A line is with the operating system when `append` returns, so it outlives
 * the process; it is not synced to disk, so it may not outlive the machine. Without a file name nothing is kept.
 */
export class Journal {
  #file: number | undefined
  #closed = false

  /** Hands every complete line to `replay`, oldest first, then stands ready to append. */
  constructor(path: string | undefined, replay: (value: unknown) => void) {
    if (path === undefined) return
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'a+', 0o600)
    try {
      // What follows the last newline was being written when the process was killed. It is cut off, or the next line
      // would be glued to it.
      ftruncateSync(file, readLines(file, path, replay))
    } catch (error) {
      closeSync(file)
      throw error
    }
    this.#file = file
  }

  append(value: unknown): void {
    if (this.#closed) throw new Error('The simulator is closed.')
    if (this.#file !== undefined) appendFileSync(this.#file, `${JSON.stringify(value)}\n`)
  }

  /** As if nothing had ever been appended. */
  clear(): void {
    if (this.#file !== undefined) ftruncateSync(this.#file, 0)
  }

  close(): void {
    this.#closed = true
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }
}

/** Reads in chunks, as a journal may be longer than a string can be. Returns where the last complete line ends. */
const readLines = (file: number, path: string, replay: (value: unknown) => void): number => {
  const chunk = Buffer.alloc(chunkBytes)
  let rest = Buffer.alloc(0)
  let position = 0
  let lineNumber = 0
  for (;;) {
    const bytesRead = readSync(file, chunk, 0, chunkBytes, position)
    if (bytesRead === 0) return position - rest.length
    position += bytesRead
    const text = Buffer.concat([rest, chunk.subarray(0, bytesRead)])
    let start = 0
    for (let end = text.indexOf(newline); end >= 0; end = text.indexOf(newline, start)) {
      lineNumber += 1
      replayLine(text.toString('utf8', start, end), `${path}:${lineNumber}`, replay)
      start = end + 1
    }
    rest = text.subarray(start)
  }
}

const replayLine = (line: string, place: string, replay: (value: unknown) => void): void => {
  try {
    replay(JSON.parse(line))
  } catch (cause) {
    throw new Error(`${place} is not a line of this journal.`, { cause })
  }
}
