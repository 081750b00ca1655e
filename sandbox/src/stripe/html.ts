/** Markup that is safe to send: made by `html` and nothing else. */
class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type { Html }

/** What a template may hold. Nothing at all is written for what is left out. */
type Piece = string | Html | undefined | readonly Piece[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const write = (piece: Piece): string => {
  if (piece === undefined) return ''
  if (piece instanceof Html) return piece.text
  return typeof piece === 'string'
    ? piece.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
    : piece.map(write).join('')
}

/** Whatever is put in is escaped, unless it is markup itself. Attributes must stand in double quotes. */
export const html = (markup: TemplateStringsArray, ...pieces: readonly Piece[]): Html =>
  new Html(markup.reduce((text, part, index) => text + write(pieces[index - 1]) + part))

/** The one stylesheet, which the pages' policy knows by its hash: markup of its own, as nothing in it is escaped. */
export const styleElement = (style: string): Html => new Html(`<style>${style}</style>`)
