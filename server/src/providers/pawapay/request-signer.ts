import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import { addMs, type Clock } from '../../kernel/clock.ts'
import { OperatorError } from '../../kernel/problem.ts'
import { digestOf, type RequestTarget, signatureBase, signatureLabel } from './signatures.ts'

export interface SigningKey {
  readonly key: KeyObject
  readonly keyId: string
  /** pawaPay's samples take DER; RFC 9421 asks for raw. */
  readonly encoding: 'der' | 'raw'
}

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly contentType: string
  readonly body: string
}

/** The headers that sign a request. Every attempt is signed anew. */
export type RequestSigner = (request: SignedRequest) => Readonly<Record<string, string>>

/** An attempt is over before this, and its signature is good for nothing afterwards. */
const validMs = 60_000

const components = ['@method', '@authority', '@path', 'signature-date', 'content-digest', 'content-type']

/** Throws an `OperatorError` for anything but a private key on P-256. */
export function readSigningKey(pem: string): KeyObject {
  const key = (() => {
    try {
      return createPrivateKey(pem)
    } catch {
      throw new OperatorError('PAWAPAY_SIGNING_KEY_FILE holds no private key in PEM without a passphrase.')
    }
  })()
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new OperatorError('PAWAPAY_SIGNING_KEY_FILE must hold a key on the curve P-256.')
  return key
}

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)
const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`

export function createRequestSigner({ key, keyId, encoding }: SigningKey, clock: Clock): RequestSigner {
  const dsaEncoding = encoding === 'raw' ? 'ieee-p1363' : 'der'
  return ({ method, url, contentType, body }) => {
    const now = clock.now()
    const { host, pathname } = new URL(url)
    const target: RequestTarget = { method, authority: host, path: pathname }
    const headers = {
      'content-type': contentType,
      'content-digest': `sha-512=:${digestOf('sha-512', body).toString('base64')}:`,
      'signature-date': now.toISOString(),
    }
    const parameters = [
      `(${components.map(quoted).join(' ')})`,
      'alg="ecdsa-p256-sha256"',
      `keyid=${quoted(keyId)}`,
      `created=${seconds(now)}`,
      `expires=${seconds(addMs(now, validMs))}`,
    ].join(';')
    const base = signatureBase(components, target, headers, parameters) ?? ''
    const signature = sign('sha256', Buffer.from(base), { key, dsaEncoding }).toString('base64')
    return {
      ...headers,
      'signature-input': `${signatureLabel}=${parameters}`,
      signature: `${signatureLabel}=:${signature}:`,
    }
  }
}
