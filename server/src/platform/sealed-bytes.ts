import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** What sealed bytes are for: those of one purpose do not open as those of another. */
export type SealPurpose = 'receipt signing key' | 'webhook secret'

const wrappingKey = (purpose: SealPurpose, secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', `dollr ${purpose}`, 32))

/** Bytes as the database keeps them: whoever reads a backup learns nothing. */
export function sealBytes(bytes: Buffer, purpose: SealPurpose, secret: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, wrappingKey(purpose, secret), nonce, { authTagLength: tagBytes })
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

function openWith(sealed: Buffer, purpose: SealPurpose, secret: string): Buffer | undefined {
  const nonce = sealed.subarray(0, nonceBytes)
  const decipher = createDecipheriv(algorithm, wrappingKey(purpose, secret), nonce, { authTagLength: tagBytes })
  try {
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
  } catch {
    // Sealed under another secret, or spoilt: either way nobody here can open it.
    return undefined
  }
}

/** Undefined for what was sealed under a secret no longer held. */
export function openBytes(sealed: Buffer, purpose: SealPurpose, secrets: readonly string[]): Buffer | undefined {
  for (const secret of secrets) {
    const bytes = openWith(sealed, purpose, secret)
    if (bytes) return bytes
  }
  return undefined
}
