import reader from 'jsqr'
import { PNG } from 'pngjs'

/** What a camera reads off a picture. */
function scan(data: Uint8ClampedArray, width: number, height: number): string {
  return reader.default(data, width, height, { inversionAttempts: 'dontInvert' })?.data ?? 'nothing'
}

export function scanPng(bytes: Buffer): { readonly text: string; readonly width: number } {
  const { data, width, height } = PNG.sync.read(bytes)
  return { text: scan(new Uint8ClampedArray(data), width, height), width }
}

/** A path of straight lines along modules, `M1 2h3v4H5V6z`, as the points at which it turns. */
function outlinesOf(path: string): (readonly [number, number])[][] {
  const outlines: (readonly [number, number])[][] = []
  let [x, y] = [0, 0]
  for (const [, command = '', numbers = ''] of path.matchAll(/([MmHhVvLlZz])([^MmHhVvLlZz]*)/g)) {
    const [a = 0, b = 0] = numbers.match(/-?\d+/g)?.map(Number) ?? []
    if (command === 'M') [x, y] = [a, b]
    else if (command === 'm') [x, y] = [x + a, y + b]
    else if (command === 'L') [x, y] = [a, b]
    else if (command === 'l') [x, y] = [x + a, y + b]
    else if (command === 'H') x = a
    else if (command === 'h') x += a
    else if (command === 'V') y = a
    else if (command === 'v') y += a
    if (command === 'M' || command === 'm') outlines.push([])
    if (command !== 'Z' && command !== 'z') outlines.at(-1)?.push([x, y])
    else [x, y] = outlines.at(-1)?.[0] ?? [x, y]
  }
  return outlines
}

/** Where a path crosses the middle of a row, and how it winds there: what lies between crossings is what a browser fills. */
function crossingsOf(outlines: readonly (readonly (readonly [number, number])[])[], middle: number) {
  return outlines.flatMap((points) =>
    points.flatMap(([x, y], index) => {
      const [, nextY] = points[(index + 1) % points.length] ?? [x, y]
      const crosses = Math.min(y, nextY) < middle && middle < Math.max(y, nextY)
      return crosses ? [{ x, turn: nextY > y ? 1 : -1 }] : []
    }),
  )
}

/** Draws the last path of an SVG, its modules, and reads it. */
export function scanSvg(svg: string): string {
  const [, left = '0', top = '0', size = '0'] = /viewBox="(-?\d+) (-?\d+) (\d+) /.exec(svg) ?? []
  const path = [...svg.matchAll(/ d="([^"]+)"/g)].at(-1)?.[1] ?? ''
  const outlines = outlinesOf(path)
  const scale = 4
  const pixels = Number(size) * scale
  const data = new Uint8ClampedArray(pixels * pixels * 4).fill(255)
  for (let row = 0; row < Number(size); row += 1) {
    const crossings = crossingsOf(outlines, row + Number(top) + 0.5)
    for (let column = 0; column < Number(size); column += 1) {
      const from = column + Number(left) + 0.5
      if (crossings.reduce((sum, { x, turn }) => (x > from ? sum + turn : sum), 0) === 0) continue
      for (let at = 0; at < scale * scale; at += 1) {
        const pixel = (row * scale + Math.floor(at / scale)) * pixels + column * scale + (at % scale)
        data.fill(0, pixel * 4, pixel * 4 + 3)
      }
    }
  }
  return scan(data, pixels, pixels)
}
