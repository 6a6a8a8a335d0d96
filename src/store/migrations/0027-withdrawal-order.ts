import { type Migration } from '../engine/migrate.ts'

/** R23: withdrawals in the order in which they are taken: the newest first, and those that failed behind them. */
export const withdrawalOrder: Migration = {
  version: 27,
  name: 'withdrawal order',
  sql: () => [
    `create index delivery_withdrawal on delivery (integration_id, (case when failed = 0 then -due_at else due_at end))
       where status = 'waiting' and priority = 0`,
  ],
}
