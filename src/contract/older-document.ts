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

/** The same document in its present shape; what has no place there is kept, so that it is refused by name. */
export function asCurrent({ config, ...rest }: Older): unknown {
  const unknown = Object.fromEntries(Object.entries(config).filter(([key]) => !Object.hasOwn(MOVED, key)))
  return {
    type_id: 'mailchimp',
    ...rest,
    authentication: pick({ api_key: config['api_key'], url: config['url'] ?? config['server_name'] }),
    properties: pick({ audience_id: config['audience_id'] }),
    mappings: config['properties'],
    ...unknown,
  }
}

const pick = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** Where a path of the present shape stands in the older document that its author sees. */
export function pathInOlder(path: string): string {
  if (path === 'authentication.api_key') return 'config.api_key'
  if (path === 'authentication.url') return 'config.url'
  if (path === 'properties.audience_id') return 'config.audience_id'
  return path.replace(/^mappings/, 'config.properties')
}
