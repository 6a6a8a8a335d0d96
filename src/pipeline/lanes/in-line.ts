import { type Integration } from '../../store/settings/integrations.ts'

/** Integrations in turns: who comes after the one that was served last goes first, so a backlog of one starves none. */
export function inLine(integrations: readonly Integration[], served: string | undefined): readonly Integration[] {
  const next = integrations.findIndex(({ id }) => id === served) + 1
  return [...integrations.slice(next), ...integrations.slice(0, next)]
}
