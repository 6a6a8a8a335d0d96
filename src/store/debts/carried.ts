import { jsonColumn } from '../engine/json-column.ts'

/** A fact on its way to Mailchimp: when it came in, and whether it may take something back. */
export type Carried = { readonly factId: string; readonly receivedAt: number; readonly withdrawal: boolean }

/** Snake case, because statements look into it by these names. */
type CarriedRow = { fact_id: string; received_at: number; withdrawal: boolean }

const CARRIED = jsonColumn<readonly CarriedRow[]>()

/** An attempt that carries no fact has null in the column. */
export const carriedText = (carried: readonly Carried[]): string | null =>
  carried.length === 0
    ? null
    : CARRIED.write(
        carried.map(({ factId, receivedAt, withdrawal }) => ({ fact_id: factId, received_at: receivedAt, withdrawal })),
      )

export const carriedIn = (text: string | null): Carried[] =>
  text === null
    ? []
    : CARRIED.read(text).map(({ fact_id: factId, received_at: receivedAt, withdrawal }) => ({
        factId,
        receivedAt,
        withdrawal,
      }))
