import { type Sql } from '../engine/database.ts'

/** What is done with what an older release left, in this order. */
export type UpgradeStep = 'naming' | 'reading' | 'adopting' | 'owing' | 'done'

export type Upgrade = {
  readonly step: UpgradeStep
  /** What the step has done: up to this item of this group. */
  readonly afterGroup: string
  readonly afterItem: string
  /** The last body, and the last fact, of the older release. */
  readonly through: string
  readonly known: string
  readonly isAccepted: boolean
}

type Row = {
  step: UpgradeStep
  after_group: string
  after_item: string
  through: string
  known: string
  accepted: number
}

/** Undefined where no older release ever kept anything. */
export async function readUpgrade(sql: Sql): Promise<Upgrade | undefined> {
  const [row] = await sql.query<Row>('select step, after_group, after_item, through, known, accepted from upgrade')
  return (
    row && {
      step: row.step,
      afterGroup: row.after_group,
      afterItem: row.after_item,
      through: row.through,
      known: row.known,
      isAccepted: row.accepted === 1,
    }
  )
}

export const saveUpgradeCursor = (
  tx: Sql,
  { step, afterGroup, afterItem }: Pick<Upgrade, 'step' | 'afterGroup' | 'afterItem'>,
) => tx.query('update upgrade set step = $1, after_group = $2, after_item = $3', [step, afterGroup, afterItem])

/** What the upgrade grants may be written from now on. */
export const saveUpgradeAccepted = (tx: Sql) => tx.query('update upgrade set accepted = 1')
