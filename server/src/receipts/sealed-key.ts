import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import { invariant } from '../kernel/invariant.ts'

/** A key that receipts are signed with. */
export interface SigningKey {
  readonly id: string
  readonly privateKey: KeyObject
  /** Its 32 bytes. */
  readonly publicKey: Buffer
}

/** In front of the 32 bytes of every Ed25519 public key in SPKI. */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex')

export const readPublicKey = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' })

/** Short, because every code carries it. Two keys of one deployment with the same id are refused where they are kept. */
const keyIdOf = (publicKey: Buffer): string => createHash('sha256').update(publicKey).digest('hex').slice(0, 8)

export function toSigningKey(privateKey: KeyObject): SigningKey {
  invariant(privateKey.asymmetricKeyType === 'ed25519', 'receipts are signed with Ed25519')
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const publicKey = spki.subarray(spkiPrefix.length)
  return { id: keyIdOf(publicKey), privateKey, publicKey }
}

export const mintSigningKey = (): SigningKey => toSigningKey(generateKeyPairSync('ed25519').privateKey)

const readPkcs8 = (der: Buffer): KeyObject => createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

const wrappingKey = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'dollr receipt signing key', 32))

/** A private key as the database keeps it: whoever reads a backup signs nothing. */
export function sealKey({ privateKey }: SigningKey, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, wrappingKey(secret), nonce, { authTagLength: tagBytes })
  const sealed = Buffer.concat([cipher.update(privateKey.export({ format: 'der', type: 'pkcs8' })), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

function openWith(sealed: Buffer, secret: string): SigningKey | undefined {
  const nonce = sealed.subarray(0, nonceBytes)
  const decipher = createDecipheriv(algorithm, wrappingKey(secret), nonce, { authTagLength: tagBytes })
  try {
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
    return toSigningKey(
      readPkcs8(Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])),
    )
  } catch {
    // Sealed under another secret, or spoilt: either way nobody here can open it.
    return undefined
  }
}

/** Undefined for a key that was sealed under a secret no longer held. */
export function openKey(sealed: Buffer, secrets: readonly string[]): SigningKey | undefined {
  for (const secret of secrets) {
    const key = openWith(sealed, secret)
    if (key) return key
  }
  return undefined
}
