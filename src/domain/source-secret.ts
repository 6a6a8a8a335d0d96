import { DAY, MINUTE } from './instant.ts'

/** How long a previous secret may go on working, and how long it does when the caller does not say. */
export const LONGEST_GRACE = 7 * DAY
export const USUAL_GRACE = DAY

/** How often a secret in use is marked as used, so that a webhook does not cost a write each time. */
const USED_EVERY = MINUTE

export type SecretTimes = {
  /** Undefined for the current one of its source. */
  readonly expiresAt: number | undefined
  readonly usedAt: number | undefined
}

export const works = ({ expiresAt }: SecretTimes, now: number): boolean => expiresAt === undefined || expiresAt > now

/** Whether its being used now is worth a write. The first use always is: `keptBeside` goes by it. */
export const isUsedAnew = ({ usedAt }: SecretTimes, now: number): boolean =>
  usedAt === undefined || now - usedAt >= USED_EVERY

type Secrets<Secret> = { readonly current: Secret; readonly previous: Secret | undefined }

/** The current secret of a source, and its previous one while it works; undefined when there is no current one. */
export function secretsAt<Secret extends SecretTimes>(
  secrets: readonly Secret[],
  now: number,
): Secrets<Secret> | undefined {
  const current = secrets.find(({ expiresAt }) => expiresAt === undefined)
  const previous = secrets.find(secret => secret !== current && works(secret, now))
  return current && { current, previous }
}

/**
 * Which one goes on working beside a new secret: the newest that was ever used. A current one that was never used was
 * lost or never pasted, so Didomi still has the one before it.
 */
export const keptBeside = <Secret extends SecretTimes>({ current, previous }: Secrets<Secret>): Secret =>
  current.usedAt === undefined && previous !== undefined ? previous : current
