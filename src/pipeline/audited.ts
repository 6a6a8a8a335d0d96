import { appendAudit } from '../store/access/audit.ts'
import { type Sql } from '../store/engine/database.ts'
import { type NewId } from '../store/engine/ids.ts'

/** Who acts: the name of an API token or account. */
export type Actor = string

type Action = {
  readonly actor: Actor
  readonly action: string
  readonly subject: string
  /** What came of it, without secrets and addresses; nothing when that goes without saying. */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Writes an action into the audit, in the transaction that carries it out. */
export const audited = (tx: Sql, deps: { readonly clock: () => number; readonly newId: NewId }, action: Action) =>
  appendAudit(tx, { id: deps.newId('aud'), at: deps.clock(), detail: {}, ...action })
