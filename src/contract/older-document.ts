import { DROPPED } from './document.ts'
import { dataCentreOfUrl } from '../domain/data-centre.ts'

type Older = { readonly config: Readonly<Record<string, unknown>> } & Readonly<Record<string, unknown>>

const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/** Didomi's first generation: everything under `config`, where `properties` was the list of mappings. */
export const isOlder = (json: unknown): json is Older => isRecord(json) && isRecord(json['config'])

const MOVED: Readonly<Record<string, string>> = {
  api_key: 'authentication.api_key',
  url: 'authentication.url',
  server_name: 'authentication.url',
  audience_id: 'properties.audience_id',
  properties: 'mappings',
}

const PRESENT_ONLY = ['authentication', 'properties', 'mappings']

/** The same document in its present shape. */
export const asCurrent = ({ config, ...rest }: Older): unknown => ({
  type_id: 'mailchimp',
  ...rest,
  authentication: pick({ api_key: config['api_key'], url: config['url'] ?? config['server_name'] }),
  properties: pick({ audience_id: config['audience_id'] }),
  mappings: config['properties'],
})

const pick = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** What stands in an older document and would be lost in its present shape, by its path. */
export const strangersIn = ({ config, ...rest }: Older): string[] => [
  ...Object.keys(config)
    .filter(key => !Object.hasOwn(MOVED, key) && !Object.hasOwn(DROPPED, key))
    .map(key => `config.${key}`),
  ...(namesTwoServers(config) ? ['config.server_name'] : []),
  ...PRESENT_ONLY.filter(key => Object.hasOwn(rest, key)),
]

function namesTwoServers({ url, server_name: name }: Older['config']): boolean {
  if (url === undefined || name === undefined) return false
  return typeof url !== 'string' || typeof name !== 'string' || dataCentreOfUrl(url) !== dataCentreOfUrl(name)
}

/** Where a path of the present shape stands in the older document that its author sees. */
export function pathInOlder(path: string, { config }: Older): string {
  if (path === 'authentication.api_key') return 'config.api_key'
  if (path === 'authentication.url')
    return config['url'] === undefined && config['server_name'] !== undefined ? 'config.server_name' : 'config.url'
  if (path === 'properties.audience_id') return 'config.audience_id'
  return path.replace(/^mappings/, 'config.properties')
}
