import { InvalidArgumentError } from 'commander'

/** Reads which events are wanted: `payment.completed,payout.*`. Given several times, they add up. */
export function readFilter(text: string, before: readonly string[] = []): readonly string[] {
  const patterns = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  const wrong = patterns.find((each) => !/^(\*|[a-z_]+\.(\*|[a-z_]+))$/.test(each))
  if (wrong !== undefined || patterns.length === 0) {
    throw new InvalidArgumentError('Name events such as payment.completed, payout.* or *.')
  }
  return [...before, ...patterns]
}

/** Whether somebody who wants these events wants this one. Who names none wants all. */
export const isWanted = (type: string, patterns: readonly string[] = []): boolean =>
  patterns.length === 0 ||
  patterns.some(
    (pattern) =>
      pattern === '*' || pattern === type || (type.startsWith(pattern.replace(/\*$/, '')) && pattern.endsWith('.*')),
  )
