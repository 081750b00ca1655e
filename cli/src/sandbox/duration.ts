import { InvalidArgumentError } from 'commander'

const unitSeconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 }

/** Reads a time span such as 90, 90s, 30m, 2h or 3d: as seconds. */
export function readDuration(text: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})([smhd]?)$/.exec(text) ?? []
  const seconds = Number(digits) * (unitSeconds[unit] ?? 0)
  if (digits === '' || seconds === 0) throw new InvalidArgumentError('Say a time span such as 90s, 30m, 2h or 3d.')
  return seconds
}
