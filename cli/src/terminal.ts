import { stderr, stdout } from 'node:process'
import { styleText } from 'node:util'
import { type WriteStream } from 'node:tty'

type Format = Parameters<typeof styleText>[0]

/**
 * Where a command writes. What was asked for goes to standard output, as JSON when that is wanted; what happens on the way
 * goes to standard error, so that the former can be piped on.
 */
export interface Terminal {
  readonly json: boolean
  /** The answer: what a program reads of it, and what people do. */
  readonly answer: (value: unknown, text: string) => void
  /** A line about what is going on. */
  readonly progress: (line: string) => void
  readonly paint: (format: Format, text: string) => string
}

/** Colours are for people at a terminal who did not decline them. */
const hasColors = (stream: Partial<Pick<WriteStream, 'hasColors'>>): boolean => stream.hasColors?.() ?? false

export function openTerminal(json: boolean): Terminal {
  const colored = hasColors(stderr) && (json || hasColors(stdout))
  return {
    json,
    answer: (value, text) => stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`),
    progress: (line) => stderr.write(`${line}\n`),
    paint: (format, text) => (colored ? styleText(format, text) : text),
  }
}

/** Which colour a status has. */
export function paintStatus({ paint }: Pick<Terminal, 'paint'>, status: string): string {
  if (['COMPLETED', 'PAID', 'ACTIVE'].includes(status)) return paint('green', status)
  if (['FAILED', 'CANCELED', 'EXPIRED', 'DISABLED'].includes(status)) return paint('red', status)
  return paint('yellow', status)
}

/** A line for each, the cells of a column below each other. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
