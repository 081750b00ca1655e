import { createHmac } from 'node:crypto'

/** Tokens as somebody would make them who knows how they look: with the right secret, or with another. */

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

export function signToken(header: object, payload: object, key: string, hash: 'sha256' | 'sha512' = 'sha256'): string {
  const content = `${base64(header)}.${base64(payload)}`
  return `${content}.${createHmac(hash, key).update(content).digest('base64url')}`
}

const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>

export function readToken(token = ''): { readonly header: object; readonly payload: Record<string, unknown> } {
  const [header, payload] = token.split('.')
  return { header: decode(header), payload: decode(payload) }
}
