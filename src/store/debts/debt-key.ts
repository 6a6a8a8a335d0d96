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
