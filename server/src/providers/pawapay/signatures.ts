import { constants, createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

/** What pawaPay calls its signatures in the dictionaries of RFC 9421, and expects ours to be called. */
export const signatureLabel = 'sig-pp'

/** What of a request is no header field and can be signed all the same. */
export interface RequestTarget {
  readonly method: string
  readonly authority: string
  readonly path: string
}

/**
 * What is signed: a line for each component and, last, the parameters to the letter. Undefined when the request lacks a
 * component or has one that is not known here.
 */
export function signatureBase(
  components: readonly string[],
  target: RequestTarget,
  headers: Readonly<Record<string, string | undefined>>,
  parameters: string,
): string | undefined {
  const derived: Record<string, string> = {
    '@method': target.method,
    '@authority': target.authority,
    '@path': target.path,
  }
  const lines = components.map((name) => {
    const value = name.startsWith('@') ? derived[name] : headers[name]?.trim()
    return value === undefined ? undefined : `"${name}": ${value}`
  })
  if (lines.includes(undefined)) return undefined
  return [...lines, `"@signature-params": ${parameters}`].join('\n')
}

const digestNames = { 'sha-512': 'sha512', 'sha-256': 'sha256' } as const
export type DigestName = keyof typeof digestNames
export const isDigestName = (name: string): name is DigestName => Object.hasOwn(digestNames, name)
export const digestOf = (name: DigestName, body: Buffer | string): Buffer =>
  createHash(digestNames[name]).update(body).digest()

interface Scheme {
  /** A key is used for nothing but what it was made for, whatever a header says. */
  readonly fits: (key: KeyObject) => boolean
  readonly verify: (base: Buffer, key: KeyObject, signature: Buffer) => boolean
}

/** RFC 9421 asks for r and s side by side; pawaPay's own samples make and take DER. The length tells which it is. */
const ecdsa = (hash: string, curve: string, rawBytes: number): Scheme => ({
  fits: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === curve,
  verify: (base, key, signature) =>
    verify(hash, base, { key, dsaEncoding: signature.length === rawBytes ? 'ieee-p1363' : 'der' }, signature),
})

const schemes: Readonly<Record<string, Scheme>> = {
  'ecdsa-p256-sha256': ecdsa('sha256', 'prime256v1', 64),
  'ecdsa-p384-sha384': ecdsa('sha384', 'secp384r1', 96),
  'rsa-v1_5-sha256': {
    fits: ({ asymmetricKeyType }) => asymmetricKeyType === 'rsa',
    verify: (base, key, signature) => verify('sha256', base, { key, padding: constants.RSA_PKCS1_PADDING }, signature),
  },
  'rsa-pss-sha512': {
    fits: ({ asymmetricKeyType }) => asymmetricKeyType === 'rsa' || asymmetricKeyType === 'rsa-pss',
    verify: (base, key, signature) =>
      verify('sha512', base, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 }, signature),
  },
}

export const isAlgorithm = (name: string): boolean => Object.hasOwn(schemes, name)

/** Whether the signature over the base was made with the key, in the way that the algorithm names. */
export function isSignedBy(algorithm: string, base: string, key: KeyObject, signature: Buffer): boolean {
  const scheme = schemes[algorithm]
  return scheme !== undefined && scheme.fits(key) && scheme.verify(Buffer.from(base), key, signature)
}

/** A public key in PEM, or undefined when it is none. */
export function readPublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem)
  } catch {
    return undefined
  }
}
