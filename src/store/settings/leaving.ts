import { type Settings } from '../../domain/integration.ts'
import { type Sql } from '../engine/database.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { renewed } from './integrations.ts'

const SETTINGS = jsonColumn<Settings>()

type Leaving = {
  readonly id: string
  /** Whose document it was. */
  readonly leftFrom: string
  readonly sourceId: string
  readonly credentialId: string
  readonly settings: Settings
  readonly at: number
  readonly leavesAt: number
}

/** R22: a document that was replaced stays, with its key, for what may come late. It is owed nothing, and fills no tag. */
export const insertLeaving = (tx: Sql, { id, leftFrom, sourceId, credentialId, settings, at, leavesAt }: Leaving) =>
  tx.query(
    `insert into integration (id, source_id, credential_id, settings, enabled, created_at, updated_at, leaves_at, left_from)
     values ($1, $2, $3, $4, 0, $5, $5, $6, $7)`,
    [id, sourceId, credentialId, SETTINGS.write(settings), at, leavesAt, leftFrom],
  )

/** R22: from now on it is owed nothing new; what was decided for it before is not wanted any more. */
export const setLeaving = (
  tx: Sql,
  { id, at, leavesAt }: { readonly id: string; readonly at: number; readonly leavesAt: number },
) =>
  tx.query(
    `update integration set enabled = 0, leaves_at = $3,
            ${renewed('$2')}
      where id = $1`,
    [id, at, leavesAt],
  )
