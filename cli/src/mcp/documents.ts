import MiniSearch from 'minisearch'
import { CommandFailed, exitCodes } from '../exit.ts'

export interface Page {
  /** Below the server's address: `docs/guides/webhooks.md`. */
  readonly path: string
  readonly title: string
  readonly text: string
}

export interface Found {
  readonly title: string
  readonly path: string
  /** The part of the page that the words are in. */
  readonly excerpt: string
}

export interface Documents {
  readonly list: () => Promise<readonly Page[]>
  readonly search: (query: string) => Promise<readonly Found[]>
  /** A text of the server as it is, by its path. */
  readonly read: (path: string) => Promise<string>
}

const link = /^- \[(.+?)\]\(\S*?\/(docs\/(?:guides|reference)\/\S+?\.md)\)/gm
const betweenPages = '\n---\n\n'
const mostFound = 6
const excerptLines = 6

/** What the server tells programs, in the two files that it has for them: one names the pages, the other holds them. */
export function readPages(contents: string, everything: string): readonly Page[] {
  const [, ...texts] = everything.split(betweenPages)
  return [...contents.matchAll(link)].map(([, title = '', path = ''], index) => ({
    title,
    path,
    text: texts[index] ?? '',
  }))
}

function excerptOf(text: string, terms: readonly string[]): string {
  const lines = text.split('\n')
  const hits = lines.map((line) => terms.filter((term) => line.toLowerCase().includes(term)).length)
  const best = hits.indexOf(Math.max(...hits))
  return lines
    .slice(Math.max(0, best - 1), best + excerptLines)
    .join('\n')
    .trim()
}

export function createSearch(pages: readonly Page[]): (query: string) => readonly Found[] {
  const index = new MiniSearch<Page>({ idField: 'path', fields: ['title', 'text'], storeFields: ['title', 'text'] })
  index.addAll(pages)
  return (query) =>
    index
      .search(query, { boost: { title: 3 }, prefix: true, fuzzy: 0.15 })
      .slice(0, mostFound)
      .map(({ id, title, text, terms }) => ({
        title: String(title),
        path: String(id),
        excerpt: excerptOf(String(text), terms),
      }))
}

const longestMs = 30_000

/** The documents of the server itself, so that they are those of the release that is spoken to. */
export function openDocuments(baseUrl: string): Documents {
  const read = async (path: string): Promise<string> => {
    const answer = await fetch(`${baseUrl}/${path}`, { signal: AbortSignal.timeout(longestMs) }).catch(() => undefined)
    if (!answer) throw new CommandFailed(`No Dollr answers at ${baseUrl}.`, exitCodes.unreachable)
    if (!answer.ok) throw new CommandFailed(`${baseUrl} has no ${path}.`)
    return answer.text()
  }
  let loaded: Promise<{ readonly pages: readonly Page[]; readonly search: ReturnType<typeof createSearch> }> | undefined
  const load = () => {
    loaded ??= Promise.all([read('llms.txt'), read('llms-full.txt')])
      .then(([contents, everything]) => {
        const pages = readPages(contents, everything)
        return { pages, search: createSearch(pages) }
      })
      .catch((error: unknown) => {
        // The next question may find a server.
        loaded = undefined
        throw error
      })
    return loaded
  }
  return {
    list: async () => (await load()).pages,
    search: async (query) => (await load()).search(query),
    read,
  }
}
