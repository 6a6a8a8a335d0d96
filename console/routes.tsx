import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { sessionQuery } from './api/session.ts'
import { AppFrame } from './parts/shell/AppFrame.tsx'
import { BrokenPage, MissingPage } from './parts/shell/BrokenPage.tsx'
import { readActivitySearch } from './pages/activity/activity-search.ts'
import { readFailureSearch } from './pages/failures/failure-search.ts'
import { readOverviewSearch } from './pages/overview/overview-search.ts'
import { readPeopleSearch } from './pages/people/people-search.ts'
import { readPersonSearch } from './pages/person/person-search.ts'
import { WIZARD_STEPS } from './pages/new/steps.ts'
import { given, oneOf, safeNext, textIn, type RawSearch } from './search-params.ts'
import { Loading } from './ui/Loaded.tsx'

const root = createRootRouteWithContext<{ readonly queries: QueryClient }>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: RawSearch) => given({ next: safeNext(search.next) }),
  component: lazyRouteComponent(() => import('./pages/sign-in/SignIn.tsx'), 'SignIn'),
})

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('./pages/sign-in/SetUp.tsx'), 'SetUp'),
})

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (session.signed_in) return
    const next = location.href === '/' ? undefined : location.href
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to send somebody elsewhere
    throw redirect({ to: '/sign-in', search: given({ next }) })
  },
  component: AppFrame,
})

const overview = createRoute({
  getParentRoute: () => app,
  path: '/',
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import('./pages/overview/Overview.tsx'), 'Overview'),
})

const activity = createRoute({
  getParentRoute: () => app,
  path: '/activity',
  validateSearch: readActivitySearch,
  component: lazyRouteComponent(() => import('./pages/activity/Activity.tsx'), 'Activity'),
})

const event = createRoute({
  getParentRoute: () => app,
  path: '/events/$eventId',
  component: lazyRouteComponent(() => import('./pages/event/Event.tsx'), 'Event'),
})

const people = createRoute({
  getParentRoute: () => app,
  path: '/people',
  validateSearch: readPeopleSearch,
  component: lazyRouteComponent(() => import('./pages/people/People.tsx'), 'People'),
})

const person = createRoute({
  getParentRoute: () => app,
  path: '/people/$personKey',
  validateSearch: readPersonSearch,
  component: lazyRouteComponent(() => import('./pages/person/Person.tsx'), 'Person'),
})

const failures = createRoute({
  getParentRoute: () => app,
  path: '/failures',
  validateSearch: readFailureSearch,
  component: lazyRouteComponent(() => import('./pages/failures/Failures.tsx'), 'Failures'),
})

const failure = createRoute({
  getParentRoute: () => app,
  path: '/failures/$failureId',
  component: lazyRouteComponent(() => import('./pages/failure/FailureDetail.tsx'), 'FailureDetail'),
})

const replay = createRoute({
  getParentRoute: () => app,
  path: '/replays/$replayId',
  component: lazyRouteComponent(() => import('./pages/replay/ReplayDetail.tsx'), 'ReplayDetail'),
})

const integrations = createRoute({
  getParentRoute: () => app,
  path: '/integrations',
  component: lazyRouteComponent(() => import('./pages/integrations/Integrations.tsx'), 'Integrations'),
})

const newIntegration = createRoute({
  getParentRoute: () => app,
  path: '/integrations/new',
  validateSearch: (search: RawSearch) => given({ step: oneOf(search.step, WIZARD_STEPS) }),
  component: lazyRouteComponent(() => import('./pages/new/NewIntegration.tsx'), 'NewIntegration'),
})

const INTEGRATION_TABS = ['status', 'mapping', 'settings'] as const

const integration = createRoute({
  getParentRoute: () => app,
  path: '/integrations/$integrationId',
  validateSearch: (search: RawSearch) => given({ tab: oneOf(search.tab, INTEGRATION_TABS) }),
  component: lazyRouteComponent(() => import('./pages/integration/IntegrationDetail.tsx'), 'IntegrationDetail'),
})

const settings = createRoute({
  getParentRoute: () => app,
  path: '/settings',
  component: lazyRouteComponent(() => import('./pages/settings/Settings.tsx'), 'Settings'),
})

const settingsIndex = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- the router's way to send somebody elsewhere
    throw redirect({ to: '/settings/account', replace: true })
  },
})

const settingsPages = [
  createRoute({
    getParentRoute: () => settings,
    path: 'account',
    component: lazyRouteComponent(() => import('./pages/settings/OwnAccount.tsx'), 'OwnAccount'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: 'accounts',
    component: lazyRouteComponent(() => import('./pages/settings/Accounts.tsx'), 'Accounts'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: 'sessions',
    validateSearch: (search: RawSearch) => given({ all: search.all === true ? true : undefined }),
    component: lazyRouteComponent(() => import('./pages/settings/Sessions.tsx'), 'Sessions'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: 'tokens',
    component: lazyRouteComponent(() => import('./pages/settings/Tokens.tsx'), 'Tokens'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: 'sources',
    validateSearch: (search: RawSearch) => given({ source: textIn(search, 'source') }),
    component: lazyRouteComponent(() => import('./pages/settings/Sources.tsx'), 'Sources'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: 'retention',
    component: lazyRouteComponent(() => import('./pages/settings/Retention.tsx'), 'Retention'),
  }),
  createRoute({
    getParentRoute: () => settings,
    path: 'audit',
    component: lazyRouteComponent(() => import('./pages/settings/Audit.tsx'), 'Audit'),
  }),
] as const

const system = createRoute({
  getParentRoute: () => app,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/system/System.tsx'), 'System'),
})

const tree = root.addChildren([
  signIn,
  setUp,
  app.addChildren([
    overview,
    activity,
    event,
    people,
    person,
    failures,
    failure,
    replay,
    integrations,
    newIntegration,
    integration,
    settings.addChildren([settingsIndex, ...settingsPages]),
    system,
  ]),
])

export const createConsoleRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultPendingMs: 150,
    defaultPendingMinMs: 0,
    defaultErrorComponent: BrokenPage,
    defaultNotFoundComponent: MissingPage,
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
