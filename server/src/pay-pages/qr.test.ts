import { expect, test, vi } from 'vitest'
import { scanPng, scanSvg } from '../../test/support/qr.ts'
import { qrAsPng, qrAsSvg, qrInPage, qrOf, qrRuns, readPixels } from './qr.ts'

// A camera of our own takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const link = 'https://pay.kollie-market.example/pay/x-Zk3v_0gq9TtR4bP2LmN8sWcYhUeJd1'
const code = '04B8BFVJ580G3TGF5A0B3F829H949G52J3C0C3AD'.repeat(5)
const verification = `https://pay.kollie-market.example/verify/${code}`

test.each([link, verification])('%s can be scanned off every picture of it', (address) => {
  expect(scanPng(qrAsPng(address, 512)).text).toBe(address)
  expect(scanSvg(qrAsSvg(address))).toBe(address)
  expect(scanSvg(qrInPage(address, 'Verify', 264).text)).toBe(address)
})

test('a picture is as wide as it was asked to be, or a little less, and bounded', () => {
  for (const pixels of [128, 300, 512]) {
    const { text, width } = scanPng(qrAsPng(link, pixels))
    expect([text, width <= pixels, width > pixels * 0.6]).toEqual([link, true, true])
  }
  expect(scanPng(qrAsPng(link, 1024)).width).toBeGreaterThan(900)
  const asked = [undefined, '', 'x', '0', '1', '-5', '1e9', '300', '999999', '99999999999', '12.5']
  expect(asked.map(readPixels)).toEqual([512, 512, 512, 128, 128, 512, 512, 300, 2048, 512, 512])
})

test('the code of a receipt fits a QR code of modest size', () => {
  // Version 10 has 57 modules.
  expect(qrOf(verification).size).toBeLessThanOrEqual(57)
})

test('runs are all the dark modules, each once', () => {
  const picture = qrOf(link)
  const drawn = new Set(
    qrRuns(picture).flatMap(({ x, y, length }) => Array.from({ length }, (_, step) => `${x + step} ${y}`)),
  )
  for (let y = 0; y < picture.size; y += 1) {
    for (let x = 0; x < picture.size; x += 1) expect(drawn.has(`${x} ${y}`)).toBe(picture.get(x, y))
  }
})

test('what a picture is called stays text', () => {
  expect(qrInPage(link, '"><script>', 264).text).not.toContain('<script>')
})
