import { createHash, hash, randomBytes } from 'node:crypto'

/** 256 bits that are shown once; only their hash is kept. */
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`

export const hashSecret = (secret: string): string => hash('sha256', secret)

/** The id of an API key, the same wherever it is used, from which the key cannot be told. */
export const credentialId = (apiKey: string): string =>
  `crd_${createHash('sha256').update(`consent-relay credential ${apiKey}`).digest('hex').slice(0, 32)}`

/** Where a sealed key stands; a key copied to another row does not open. */
export const keyPlace = (id: string): string => `credential.sealed_key ${id}`
