import { END_UNWRITTEN } from '../../domain/end.ts'
import { STOPPING } from '../../domain/hold.ts'

/** A debt `d`, with its integration `i` and the credential `c`, for the expressions below. */
export const DEBT_WITH_HOLDS = `delivery d join integration i on i.id = d.integration_id join credential c on c.id = i.credential_id`

/** Whether the cause in a column stops everything of a key or an audience. */
export const stops = (column: string): string => `${column} in (${STOPPING.map(cause => `'${cause}'`).join(', ')})`

/** A hold of the key or of the audience, given `i` and `c`; null while a person keeps the integration from delivering. */
export const HELD_FOR = `case when i.enabled = 1 and i.paused = 0 then
    case when ${stops('c.hold_cause')} then c.hold_cause when ${stops('i.hold_cause')} then i.hold_cause end end`

/** `heldBy` of the domain, given `i` and `c`; a test runs both over every case. */
export const HELD_BY = `case when i.enabled = 0 then 'disabled' when i.paused = 1 then 'paused' else ${HELD_FOR} end`

const IS_BEHIND = `d.status = 'waiting' and ${HELD_BY} is not null`

/** `shownAs` of the domain, given `d`, `i` and `c`: holding a million debts costs one row. */
export const SHOWN = {
  status: `case when ${IS_BEHIND} then 'held' else d.status end`,
  reason: `case when ${IS_BEHIND} then ${HELD_BY} else d.reason end`,
  detail: `case when not (${IS_BEHIND}) then d.detail when ${HELD_FOR} = c.hold_cause then c.hold_detail
                when ${HELD_FOR} = i.hold_cause then i.hold_detail end`,
} as const

const UNWRITTEN = Object.entries(END_UNWRITTEN).map(([reason, end]) => `when '${reason}' then '${end}'`)

/** `endOf` of the domain, given `d`; a test runs both over every case. */
export const END = `case d.status when 'delivered' then 'in_step'
    when 'skipped' then case d.reason ${UNWRITTEN.join(' ')} end end`
