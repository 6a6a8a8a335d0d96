import { hash, randomBytes } from 'node:crypto'

/** 256 bits that are shown once; only their hash is kept. */
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(32).toString('base64url')}`

export const hashSecret = (secret: string): string => hash('sha256', secret)
