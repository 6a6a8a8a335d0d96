import { type Options } from './options.ts'

/** One line of a mapping: `id` is a merge tag, `value` a path into the person's consent status. */
export type MappingRule = { readonly id: string; readonly value: string }

/** What an integration document says, without its secret. */
export type Settings = {
  readonly name: string | undefined
  readonly enabled: boolean
  readonly dataCentre: string
  readonly audienceId: string
  readonly mappings: readonly MappingRule[]
  readonly upsertMode: boolean
  readonly options: Options
}
