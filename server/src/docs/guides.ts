import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { invariant } from '../kernel/invariant.ts'

/** In the order in which a newcomer needs them. */
export const guideNames = [
  'quick-start',
  'hosted-checkout',
  'payouts',
  'cards',
  'webhooks',
  'errors',
  'sandbox',
  'going-live',
  'self-hosting',
] as const

export type GuideName = (typeof guideNames)[number]

export interface Guide {
  readonly name: GuideName
  readonly title: string
  /** Its first paragraph: what it is for. Without its links, which lead on from the guide and not from where this is shown. */
  readonly summary: string
  /** As it lies in the repository, without the notes to its test. */
  readonly markdown: string
}

/** Beside the server, in the repository as in what is installed. */
export const guidesFolder = join(import.meta.dirname, '../../../docs/guides')

/** Tells the test what no reader needs to know. */
const notes = /^<!--[^]*?-->\n+/gm
/** After the language, what the test makes of a block: readers see the language. */
const blockNotes = /^(```\w+)[^\n]+$/gm

const link = /\[([^\]]+)\]\([^)]+\)/g

export function readGuide(name: GuideName, text: string): Guide {
  const markdown = text.replaceAll(notes, '').replaceAll(blockNotes, '$1')
  const [, title, summary] = /^# (.+)\n\n((?:.+\n)+)/.exec(markdown) ?? []
  invariant(title !== undefined && summary !== undefined, `the guide ${name} begins with a title and a paragraph`)
  return { name, title, summary: summary.trim().replaceAll('\n', ' ').replaceAll(link, '$1'), markdown }
}

export const readGuides = (folder = guidesFolder): readonly Guide[] =>
  guideNames.map((name) => readGuide(name, readFileSync(join(folder, `${name}.md`), 'utf8')))
