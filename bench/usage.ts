import { readdirSync, readFileSync } from 'node:fs'

/** What Linux tells of a process; elsewhere nothing. */
export interface Memory {
  readonly currentMb: number
  readonly peakMb: number
}

/** Linux counts in hundredths of a second wherever Node runs. */
const msPerTick = 10

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const megabytes = (text: string | undefined, field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1] ?? Number.NaN) / 1024

/** Resident memory of one process, with what it shares. */
export function memoryOf(pid: number): Memory | undefined {
  const status = read(`/proc/${pid}/status`)
  return status === undefined
    ? undefined
    : { currentMb: megabytes(status, 'VmRSS'), peakMb: megabytes(status, 'VmHWM') }
}

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly cpuMs: number
}

function statOf(pid: number): Stat | undefined {
  const stat = read(`/proc/${pid}/stat`)
  // The name comes in brackets and may hold anything.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (!fields) return undefined
  // Of itself in user and system mode, and of children that ended.
  const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0)
  return { pid, parent: Number(fields[1]), cpuMs: ticks * msPerTick }
}

/** A process and its children: PostgreSQL is one process per connection. */
function familyOf(pid: number): Stat[] {
  const all = (read('/proc/self/stat') === undefined ? [] : readdirSync('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  return all.filter((each) => each.pid === pid || each.parent === pid)
}

/** Processor time spent so far by a process and its children. */
export const cpuMsOf = (pid: number): number => familyOf(pid).reduce((sum, { cpuMs }) => sum + cpuMs, 0)

/** Memory of a process and its children, each shared page counted once. */
export const sharedMemoryMbOf = (pid: number): number =>
  familyOf(pid).reduce((sum, each) => sum + megabytes(read(`/proc/${each.pid}/smaps_rollup`), 'Pss'), 0)
