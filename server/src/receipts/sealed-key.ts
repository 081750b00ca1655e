import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { invariant } from '../kernel/invariant.ts'
import { openBytes, sealBytes } from '../platform/sealed-bytes.ts'

const purpose = 'receipt signing key'

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

/** A private key as the database keeps it: whoever reads a backup signs nothing. */
export const sealKey = ({ privateKey }: SigningKey, secret: string): Buffer =>
  sealBytes(privateKey.export({ format: 'der', type: 'pkcs8' }), purpose, secret)

/** Undefined for a key that was sealed under a secret no longer held. */
export function openKey(sealed: Buffer, secrets: readonly string[]): SigningKey | undefined {
  const der = openBytes(sealed, purpose, secrets)
  return der && toSigningKey(readPkcs8(der))
}
