import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'

export type Encoding = 'br' | 'gzip'

/** The smallest form that a caller's browser takes. */
export function encodingFor({ headers: sent }: FastifyRequest): Encoding | undefined {
  const taken = new Negotiator({ headers: sent }).encodings(['br', 'gzip', 'identity'])
  return (['br', 'gzip'] as const).find((encoding) => taken.includes(encoding))
}

/** `brotliQuality` is a trade of time for bytes, from 0 to 11. */
export const compress = (text: string, encoding: Encoding, brotliQuality: number): Promise<Buffer> =>
  encoding === 'br'
    ? promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality } })
    : promisify(gzip)(text)

/** Made once for each encoding: the slowest and smallest form costs readers nothing. */
export function compressOnce(text: string): (encoding: Encoding) => Promise<Buffer> {
  const made = new Map<Encoding, Promise<Buffer>>()
  return (encoding) => {
    const compressed = made.get(encoding) ?? compress(text, encoding, constants.BROTLI_MAX_QUALITY)
    made.set(encoding, compressed)
    return compressed
  }
}
