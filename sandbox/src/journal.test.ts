import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { aFolder } from '../test/support.ts'
import { Journal } from './journal.ts'

const open = (path: string) => {
  const lines: unknown[] = []
  const journal = new Journal(path, (line) => lines.push(line))
  onTestFinished(() => {
    journal.close()
  })
  return { journal, lines }
}

test('what was appended is replayed in order, from folders made on the way', () => {
  const path = join(aFolder(), 'a', 'b', 'journal')
  const { journal } = open(path)
  for (let value = 0; value < 1_000; value += 1) journal.append({ value, text: 'é'.repeat(2_000) })
  const { lines } = open(path)
  expect(lines).toHaveLength(1_000)
  expect(lines[999]).toEqual({ value: 999, text: 'é'.repeat(2_000) })
})

test('a line is in the file when append returns', () => {
  const path = join(aFolder(), 'journal')
  const { journal } = open(path)
  journal.append({ value: 1 })
  expect(readFileSync(path, 'utf8')).toBe('{"value":1}\n')
})

test('a torn last line is dropped, and the next one stands on its own', () => {
  const path = join(aFolder(), 'journal')
  writeFileSync(path, '{"value":1}\n{"value":2}\n{"val')
  const { journal, lines } = open(path)
  expect(lines).toEqual([{ value: 1 }, { value: 2 }])
  journal.append({ value: 3 })
  expect(open(path).lines).toEqual([{ value: 1 }, { value: 2 }, { value: 3 }])
})

test('a line that is torn in the middle is not passed over', () => {
  const path = join(aFolder(), 'journal')
  writeFileSync(path, '{"value":1}\n{"val\n{"value":3}\n')
  expect(() => open(path)).toThrow(`${path}:2`)
})

test('a closed journal takes nothing more', () => {
  const path = join(aFolder(), 'journal')
  const { journal } = open(path)
  journal.close()
  expect(() => {
    journal.append({})
  }).toThrow('closed')
})
