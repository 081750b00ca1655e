import { type Bitmap2D, correction, generate, mode } from 'lean-qr'
import { toPngBuffer } from 'lean-qr/extras/node_export'
import { toSvgPath, toSvgSource } from 'lean-qr/extras/svg'
import { type Html, html } from '../platform/http/html.ts'

/** What readers need around a code, in modules. */
export const quietZone = 4

/**
 * An address as a QR code: small letters as bytes, and what is digits and capitals, a receipt's code above all, in less. A
 * seventh of it may be torn or stained.
 */
export const qrOf = (address: string): Bitmap2D =>
  generate(address, {
    minCorrectionLevel: correction.M,
    modes: [mode.numeric, mode.alphaNumeric, mode.ascii, mode.utf8],
  })

/** For a page: one path on white, so that it also reads where a browser turns everything dark. */
export function qrInPage(address: string, label: string, pixels: number): Html {
  const code = qrOf(address)
  const size = code.size + 2 * quietZone
  const white = `M${-quietZone} ${-quietZone}h${size}v${size}H${-quietZone}z`
  return html`<svg
    class="qr"
    role="img"
    aria-label="${label}"
    width="${pixels}"
    height="${pixels}"
    viewBox="${-quietZone} ${-quietZone} ${size} ${size}"
  >
    <path fill="#fff" d="${white}" />
    <path d="${toSvgPath(code)}" />
  </svg>`
}

export const qrAsSvg = (address: string): string =>
  toSvgSource(qrOf(address), { on: '#000', off: '#fff', pad: quietZone, scale: 8, xmlDeclaration: true })

const smallest = 128
const largest = 2_048
const usual = 512

/** How many pixels wide a picture is asked to be at most. What is no number, or out of bounds, is made one within them. */
export const readPixels = (sent: string | undefined): number =>
  /^\d{1,6}$/.test(sent ?? '') ? Math.min(largest, Math.max(smallest, Number(sent))) : usual

/** Every module is as many whole pixels as fit: a blurred edge is what readers stumble over. */
export function qrAsPng(address: string, pixels: number): Buffer {
  const code = qrOf(address)
  const scale = Math.max(1, Math.floor(pixels / (code.size + 2 * quietZone)))
  return Buffer.from(toPngBuffer(code, { on: [0, 0, 0], off: [255, 255, 255], pad: quietZone, scale }))
}

/** Every row as runs of dark modules: what a PDF is drawn with. */
export function qrRuns(code: Bitmap2D): { readonly x: number; readonly y: number; readonly length: number }[] {
  const runs: { x: number; y: number; length: number }[] = []
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      const last = runs.at(-1)
      if (!code.get(x, y)) continue
      if (last?.y === y && last.x + last.length === x) last.length += 1
      else runs.push({ x, y, length: 1 })
    }
  }
  return runs
}
