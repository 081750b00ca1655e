/** Markup that is safe to send: made by `html` and nothing else. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template may hold. Nothing at all is written for what is left out. */
export type Piece = string | number | Html | false | undefined | readonly Piece[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')

function write(piece: Piece): string {
  if (piece === undefined || piece === false) return ''
  if (piece instanceof Html) return piece.text
  return typeof piece === 'object' ? piece.map(write).join('') : escape(String(piece))
}

/**
 * Markup with text in it. Whatever is put in is escaped, unless it is markup itself. Attributes must stand in double
 * quotes.
 */
export function html(markup: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(markup.reduce((text, part, index) => text + write(pieces[index - 1]) + part))
}
