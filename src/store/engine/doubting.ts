import { type Database, type Param, type Row } from './database.ts'
import { storeFailure } from './errors.ts'

/** The same database, which also tells when a write may have been done although it failed. */
export function doubting(db: Database, onDoubt: () => void): Database {
  const noticed = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (error) {
      if (storeFailure(error) === 'doubtful') onDoubt()
      throw error
    }
  }
  return {
    ...db,
    query: <R extends Row>(text: string, params?: readonly Param[]) => noticed(db.query<R>(text, params)),
    transaction: (work, use) => noticed(db.transaction(work, use)),
  }
}
