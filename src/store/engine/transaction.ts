import { type Param, type Row, type Sql } from './database.ts'
import { nameOf, StoreError } from './errors.ts'

type Run = (text: string, params: readonly Param[]) => Promise<Row[]>

type TransactionHandle = {
  readonly sql: Sql
  /** Refuses every later use. */
  end(): void
  /** Ends, and throws when a statement failed, even one that `work` caught or did not wait for. */
  endSound(): Promise<void>
}

/**
 * What both drivers hand to the `work` of a transaction. One failed statement dooms the whole on PostgreSQL (it would
 * answer COMMIT with a silent ROLLBACK), so it does on SQLite too.
 */
export function transactionHandle(dialect: Sql['dialect'], run: Run): TransactionHandle {
  let over = false
  let failure: Error | undefined
  const running = new Set<Promise<unknown>>()
  const query = async <R extends Row>(text: string, params: readonly Param[] = []): Promise<R[]> => {
    if (over) throw new StoreError(`${nameOf(text)}: its transaction is over`)
    const answer = run(text, params)
    running.add(answer)
    try {
      return (await answer) as R[]
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      running.delete(answer)
    }
  }
  const end = () => {
    over = true
  }
  const endSound = async () => {
    end()
    await Promise.allSettled(running)
    if (failure) throw failure
  }
  return { sql: { dialect, query }, end, endSound }
}
