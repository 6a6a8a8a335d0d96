import { dataCentreOfKey, dataCentreOfUrl } from '../../../src/domain/data-centre.ts'
import { optionsIn, shownOptions } from '../../../src/contract/options.ts'
import { DEFAULT_OPTIONS, type OptionName, type OptionValue } from '../../../src/domain/options.ts'
import type { Integration, IntegrationDocument } from '../../api/integrations.ts'
import type { Authentication } from '../../api/mailchimp.ts'

export type Rule = { readonly id: string; readonly value: string }

/** An integration while it is being written: everything may still be empty. */
export type Draft = {
  readonly sourceId: string
  readonly name: string
  readonly apiKey: string
  readonly url: string
  readonly audienceId: string
  readonly upsertMode: boolean
  readonly options: DraftOptions
  readonly mappings: readonly Rule[]
}

type DraftOptions = Readonly<Record<OptionName, OptionValue>>

export const EMPTY_DRAFT: Draft = {
  sourceId: '',
  name: '',
  apiKey: '',
  url: '',
  audienceId: '',
  upsertMode: false,
  options: DEFAULT_OPTIONS,
  mappings: [],
}

export function draftOf(integration: Integration): Draft {
  const { source_id, name = '', authentication, properties, upsert_mode, options, mappings } = integration
  return {
    sourceId: source_id,
    name,
    apiKey: '',
    url: authentication.url,
    audienceId: properties.audience_id,
    upsertMode: upsert_mode,
    options: optionsIn(options),
    mappings,
  }
}

const optionsOf = ({ options }: Draft): NonNullable<IntegrationDocument['options']> => shownOptions(options)

/** Rows that somebody has begun and not filled are no mapping yet. */
export const filledRules = ({ mappings }: Pick<Draft, 'mappings'>): Rule[] =>
  mappings
    .map(({ id, value }) => ({ id: id.trim(), value: value.trim() }))
    .filter(({ id, value }) => id !== '' && value !== '')

/** The draft as a document; `apiKey` stands in for a key that is stored and not known here. */
export const documentOf = (draft: Draft, apiKey = draft.apiKey): IntegrationDocument => ({
  type_id: 'mailchimp',
  authentication: { api_key: apiKey.trim(), url: draft.url.trim() },
  properties: { audience_id: draft.audienceId.trim() },
  mappings: filledRules(draft),
  upsert_mode: draft.upsertMode,
  ...(draft.name.trim() === '' ? {} : { name: draft.name.trim() }),
  options: optionsOf(draft),
})

/** How Mailchimp may be asked about a draft: with the key that was typed, else with that of the stored integration. */
export function authenticationOf(draft: Draft, integrationId?: string): Authentication | undefined {
  const [key, url] = [draft.apiKey.trim(), draft.url.trim()]
  if (key === '') return integrationId === undefined ? undefined : { integration_id: integrationId }
  const isComplete = dataCentreOfKey(key) !== undefined && contradictionIn(draft) === undefined
  return isComplete ? { authentication: { api_key: key, url: url || urlOf(key) } } : undefined
}

const urlOf = (key: string): string => `https://${dataCentreOfKey(key) ?? ''}.admin.mailchimp.com/`

type Contradiction = { readonly ofKey: string; readonly ofUrl: string | undefined; readonly rightUrl: string }

/** The server URL is of another data centre than the key, or of none. */
export function contradictionIn({ apiKey, url }: Pick<Draft, 'apiKey' | 'url'>): Contradiction | undefined {
  const ofKey = dataCentreOfKey(apiKey.trim())
  if (ofKey === undefined || url.trim() === '') return undefined
  const ofUrl = dataCentreOfUrl(url)
  return ofKey === ofUrl ? undefined : { ofKey, ofUrl, rightUrl: urlOf(apiKey.trim()) }
}

/** A key that was just put in says the server by itself. */
export const withKey = (draft: Draft, apiKey: string): Draft => {
  const key = apiKey.trim()
  const fillsUrl = draft.url.trim() === '' && dataCentreOfKey(key) !== undefined
  return { ...draft, apiKey, url: fillsUrl ? urlOf(key) : draft.url }
}
