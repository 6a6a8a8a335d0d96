/** Who may deliver, as the store holds it. Each taking raises the epoch, and what an older one writes is refused (I14). */
export type LeaseRow = {
  readonly owner: string
  readonly epoch: number
  /** By the clock of the database. */
  readonly expiresAt: number
  /** The connection by which the owner last renewed it is still open. */
  readonly isConnected: boolean
}

export type LeaseView = {
  readonly row: LeaseRow
  /** By the clock of the database. */
  readonly now: number
}

type Looking = {
  readonly owner: string
  readonly lengthMs: number
  /** How long the row has been the same, by the clock of the one who looks. */
  readonly unchangedMs: number
}

/**
 * A lease may be taken when it has expired, or when its owner is gone: the owner's connection has ended, or it has not
 * renewed for a whole length, even by a clock that was put back.
 */
export const isFree = ({ row, now }: LeaseView, { owner, lengthMs, unchangedMs }: Looking): boolean =>
  row.owner === owner || !row.isConnected || row.expiresAt <= now || unchangedMs >= lengthMs

/** Its owner lives: it renewed the lease, or took it again, while we looked. */
export const isRenewed = (before: LeaseRow, { epoch, expiresAt }: LeaseRow): boolean =>
  before.epoch !== epoch || before.expiresAt < expiresAt
