import { Problem } from '../domain/problem.ts'
import { type Sql } from '../store/engine/database.ts'
import { findIntegration, type Integration } from '../store/settings/integrations.ts'
import { findSource, type Source } from '../store/settings/sources.ts'

/** A refusal with 404 that says what is not there; `what` is a noun with its id. */
export const notFound = (what: string): Problem => new Problem('not_found', `there is no ${what}`)

/** What was found; refused as `notFound` when nothing was. */
export function existing<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw notFound(what)
  return found
}

/** An integration that leaves takes no orders any more. */
export async function existingIntegration(sql: Sql, id: string): Promise<Integration> {
  const found = await findIntegration(sql, id)
  return existing(found?.leavesAt === undefined ? found : undefined, `integration ${id}`)
}

/** An integration to show, also one that leaves (R22). */
export const keptIntegration = async (sql: Sql, id: string): Promise<Integration> =>
  existing(await findIntegration(sql, id), `integration ${id}`)

export const existingSource = async (sql: Sql, id: string): Promise<Source> =>
  existing(await findSource(sql, id), `source ${id}`)

/** The source that a document names; a document that names none is refused as invalid, at `source_id`. */
export async function sourceOfDocument(sql: Sql, id: string): Promise<Source> {
  const source = await findSource(sql, id)
  if (source) return source
  throw new Problem('invalid_document', 'the source does not exist', [
    {
      path: 'source_id',
      code: 'source_missing',
      detail: `There is no source ${id}.`,
      remedy: 'Give the id of a source of this service; POST /v1/sources makes one.',
    },
  ])
}
