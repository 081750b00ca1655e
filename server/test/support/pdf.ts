import { inflateSync } from 'node:zlib'

/** What a PDF of ours says, as far as tests need it: its text runs in the order they were drawn, and its page sizes. */
export interface ReadPdf {
  readonly lines: readonly string[]
  readonly pages: readonly (readonly [width: number, height: number])[]
}

const objectsOf = (file: string): Map<string, string> =>
  new Map(
    [...file.matchAll(/^(\d+) 0 obj\n([\s\S]*?)\nendobj/gm)].map(([, id = '', body = '']): [string, string] => [
      id,
      body,
    ]),
  )

/** The bytes of a stream, unpacked, one character each. */
function streamOf(body: string): string {
  const [, packed] = /stream\n([\s\S]*)\nendstream/.exec(body) ?? []
  if (packed === undefined) return ''
  const bytes = Buffer.from(packed, 'latin1')
  return (body.includes('/FlateDecode') ? inflateSync(bytes) : bytes).toString('latin1')
}

const fromUtf16 = (hex: string): string => Buffer.from(hex, 'hex').swap16().toString('utf16le')

/** Which characters each glyph of a font stands for: `<0000> <0002> [<0020> <00660069> <0041>]`. */
function readMap(cmap: string): Map<number, string> {
  const characters = new Map<number, string>()
  for (const [, first = '', , list = ''] of cmap.matchAll(/<([0-9a-f]{4})> <([0-9a-f]{4})> \[([^\]]*)\]/g)) {
    const texts = [...list.matchAll(/<([0-9a-f ]+)>/g)].map(([, hex = '']) => fromUtf16(hex.replaceAll(' ', '')))
    texts.forEach((text, index) => characters.set(parseInt(first, 16) + index, text))
  }
  return characters
}

function fontsOf(objects: Map<string, string>): Map<string, Map<number, string>> {
  const fonts = new Map<string, Map<number, string>>()
  for (const body of objects.values()) {
    for (const [, name = '', id = ''] of body.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const [, cmap = ''] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '') ?? []
      fonts.set(name, readMap(streamOf(objects.get(cmap) ?? '')))
    }
  }
  return fonts
}

function linesOf(content: string, fonts: Map<string, Map<number, string>>): string[] {
  let font: Map<number, string> | undefined
  const lines: string[] = []
  for (const [, name, shown] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[([^\]]*)\] TJ/g)) {
    if (name !== undefined) font = fonts.get(name)
    if (shown === undefined) continue
    const glyphs = [...shown.matchAll(/<([0-9a-f]*)>/g)].flatMap(([, hex = '']) => hex.match(/.{4}/g) ?? [])
    lines.push(glyphs.map((glyph) => font?.get(parseInt(glyph, 16)) ?? '?').join(''))
  }
  return lines
}

export function readPdf(bytes: Buffer): ReadPdf {
  const objects = objectsOf(bytes.toString('latin1'))
  const fonts = fontsOf(objects)
  const bodies = [...objects.values()].filter((body) => body.includes('/Type /Page\n'))
  return {
    lines: bodies.flatMap((body) => {
      const [, contents = ''] = /\/Contents (\d+) 0 R/.exec(body) ?? []
      return linesOf(streamOf(objects.get(contents) ?? ''), fonts)
    }),
    pages: bodies.map((body) => {
      const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(body) ?? []
      return [Number(width), Number(height)]
    }),
  }
}
