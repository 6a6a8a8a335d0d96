import { type Isolation } from '../../domain/isolation.ts'
import { type Fields } from '../../domain/plan.ts'
import { type Window } from '../../domain/window.ts'
import { jsonColumn } from '../engine/json-column.ts'
import { mergeField } from '../../domain/target.ts'

/** What a debt is found by: whose it is, and in which integration. */
export type DebtKey = { readonly integrationId: string; readonly person: string }

export const debtKey = ({ integrationId, person }: DebtKey): string => JSON.stringify([integrationId, person])

export type DebtKeyRow = { integration_id: string; person: string }

export const debtKeyIn = ({ integration_id: integrationId, person }: DebtKeyRow): DebtKey => ({ integrationId, person })

/** The columns of `keyRows`, for `jsonRows`. */
export const KEY_COLUMNS = { integration_id: 'text', person: 'text' } as const

/** Debts as the rows of one parameter. */
export const keyRows = (debts: readonly DebtKey[]): string =>
  JSON.stringify(debts.map(({ integrationId, person }) => ({ integration_id: integrationId, person })))

/** Rows that were written before targets had kinds hold bare merge tags; a tag has no colon in it. */
const keyIn = (name: string): string => (name.includes(':') ? name : mergeField(name))

export const withKeys = <Value>(byName: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(byName).map(([name, value]) => [keyIn(name), value]))

// Each of these columns is null while there is nothing in it.
const REFUSED = jsonColumn<Fields>()
const ISOLATION = jsonColumn<Isolation>()
const SENT = jsonColumn<Window['sent']>()

export const refusedText = (refused: Fields): string | null =>
  Object.keys(refused).length === 0 ? null : REFUSED.write(refused)

export const refusedIn = (text: string | null): Fields => (text === null ? {} : withKeys(REFUSED.read(text)))

export const isolationText = (isolation: Isolation): string | null =>
  isolation.length === 0 ? null : ISOLATION.write(isolation)

export const isolationIn = (text: string | null): Isolation =>
  text === null ? [] : ISOLATION.read(text).map(group => group.map(keyIn))

export type WindowRow = { window_until: number | null; window_sent: string | null; window_contacts: string | null }

const CONTACTS = jsonColumn<readonly string[]>()

export const windowRow = (window: Window | undefined): WindowRow => ({
  window_until: window?.until ?? null,
  window_sent: window ? SENT.write(window.sent) : null,
  window_contacts: window?.contacts ? CONTACTS.write(window.contacts) : null,
})

export const windowIn = ({ window_until: until, window_sent: sent, window_contacts }: WindowRow): Window | undefined =>
  until === null || sent === null
    ? undefined
    : {
        until,
        sent: withKeys(SENT.read(sent)),
        contacts: window_contacts === null ? undefined : CONTACTS.read(window_contacts),
      }

/** The targets in a column of what was sent. */
export const sentTargets = (sent: string): readonly string[] => Object.keys(withKeys(SENT.read(sent)))

/** A debt, and what may still be applied of it (R22). */
export type WindowOf = DebtKey & { readonly window: Window }

export const windowsIn = (rows: readonly (DebtKeyRow & WindowRow)[]): WindowOf[] =>
  rows.flatMap(row => {
    const window = windowIn(row)
    return window ? [{ ...debtKeyIn(row), window }] : []
  })

/** The columns of `windowRow`, for `jsonRows`. */
export const WINDOW = { window_until: 'bigint', window_sent: 'text', window_contacts: 'text' } as const

export const WINDOW_COLUMNS = { ...KEY_COLUMNS, ...WINDOW } as const

/** A debt has the window of the row `r`. */
export const SET_WINDOW = Object.keys(WINDOW)
  .map(name => `${name} = r.${name}`)
  .join(', ')

/** The columns of `WindowRow` of a debt `d`. */
export const WINDOW_OF = Object.keys(WINDOW)
  .map(name => `d.${name}`)
  .join(', ')

/** Windows as the rows of one parameter. */
export const windowRows = (windows: readonly WindowOf[]): string =>
  JSON.stringify(
    windows.map(({ integrationId, person, window }) => ({
      integration_id: integrationId,
      person,
      ...windowRow(window),
    })),
  )
