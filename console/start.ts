import { askEarly } from './early.ts'
import { fromPersonKey } from './parts/person-key.ts'

/**
 * The first script, and a small one. It asks for everything that the page at this address needs, while the large scripts
 * are on their way: on a slow line each question that waits for them costs a third of a second.
 */
type Place = {
  readonly path: RegExp
  readonly search?: string
  readonly scripts: () => readonly Promise<unknown>[]
  /** What the page asks of the API at first, letter by letter; a test compares it. Not with another search. */
  readonly asks?: (id: string) => readonly string[]
}

const INTEGRATIONS = '/v1/integrations?limit=200'
const SOURCES = '/v1/sources?limit=200'
const personUrl = (key: string): string => `/v1/people/${encodeURIComponent(fromPersonKey(key) ?? '')}`
const integrationUrl = (id: string): string => `/v1/integrations/${id}`

/** The first that fits. */
const PLACES: readonly Place[] = [
  {
    path: /^\/$/,
    scripts: () => [import('./pages/overview/Overview.tsx')],
    asks: () => ['/v1/overview?hours=24', INTEGRATIONS],
  },
  {
    path: /^\/activity$/,
    scripts: () => [import('./pages/activity/Activity.tsx')],
    asks: () => ['/v1/events?limit=50', INTEGRATIONS, SOURCES],
  },
  {
    path: /^\/people$/,
    scripts: () => [import('./pages/people/People.tsx')],
    asks: () => ['/v1/people', SOURCES],
  },
  {
    path: /^\/people\/([^/]+)$/,
    scripts: () => [import('./pages/person/Person.tsx')],
    asks: key => [personUrl(key), SOURCES, INTEGRATIONS],
  },
  {
    path: /^\/failures$/,
    scripts: () => [import('./pages/failures/Failures.tsx')],
    asks: () => ['/v1/failures?limit=50', '/v1/replays?limit=10', INTEGRATIONS],
  },
  {
    path: /^\/integrations$/,
    scripts: () => [import('./pages/integrations/Integrations.tsx')],
    asks: () => [INTEGRATIONS, SOURCES],
  },
  {
    path: /^\/integrations\/new$/,
    scripts: () => [import('./pages/new/NewIntegration.tsx')],
    asks: () => [SOURCES],
  },
  {
    path: /^\/integrations\/([^/]+)$/,
    search: '?tab=mapping',
    scripts: () => [import('./pages/integration/IntegrationDetail.tsx'), import('./pages/integration/MappingTab.tsx')],
    asks: id => [integrationUrl(id)],
  },
  {
    path: /^\/integrations\/([^/]+)$/,
    scripts: () => [import('./pages/integration/IntegrationDetail.tsx')],
    asks: id => [integrationUrl(id), SOURCES],
  },
  {
    path: /^\/settings(\/account)?$/,
    scripts: () => [import('./pages/settings/Settings.tsx'), import('./pages/settings/OwnAccount.tsx')],
  },
  {
    path: /^\/system$/,
    scripts: () => [import('./pages/system/System.tsx')],
    asks: () => ['/v1/stats', '/v1/batches?limit=10', '/readyz'],
  },
  { path: /^\/sign-in$/, scripts: () => [import('./pages/sign-in/SignIn.tsx')] },
]

function start({ pathname, search }: Location): void {
  void import('./main.tsx')
  askEarly('/v1/session')
  const place = PLACES.find(each => each.path.test(pathname) && (each.search ?? search) === search)
  if (!place) return
  void Promise.all(place.scripts())
  if (search !== (place.search ?? '')) return
  const [, id = ''] = place.path.exec(pathname) ?? []
  place.asks?.(id).forEach(askEarly)
}

start(window.location)
