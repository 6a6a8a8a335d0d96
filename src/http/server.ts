import helmet from '@fastify/helmet'
import { type RouteOptions } from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { accountRoutes } from './api/accounts.ts'
import { attemptRoutes } from './api/attempts.ts'
import { auditRoutes } from './api/audit.ts'
import { batchRoutes } from './api/batches.ts'
import { type ApiDeps } from './api/deps.ts'
import { deliveryRoutes } from './api/deliveries.ts'
import { erasureRoutes } from './api/erasures.ts'
import { eventRoutes } from './api/events.ts'
import { failureRoutes } from './api/failures.ts'
import { integrationRoutes } from './api/integrations.ts'
import { mailchimpRoutes } from './api/mailchimp.ts'
import { overviewRoutes } from './api/overview.ts'
import { pathRoutes } from './api/paths.ts'
import { peopleRoutes } from './api/people.ts'
import { planRoutes } from './api/plans.ts'
import { quarantineRoutes } from './api/quarantine.ts'
import { renamedRoutes } from './api/renamed.ts'
import { replayRoutes } from './api/replays.ts'
import { retentionRoutes } from './api/retention.ts'
import { retractionRoutes } from './api/retractions.ts'
import { upgradeRoutes } from './api/upgrade.ts'
import { sessionRoutes } from './api/session.ts'
import { sourceRoutes } from './api/sources.ts'
import { statsRoutes } from './api/stats.ts'
import { tokenRoutes } from './api/tokens.ts'
import { unprovenRoutes } from './api/unproven.ts'
import { guard } from './auth.ts'
import { consoleRoutes } from './console.ts'
import { readCookies } from './cookie.ts'
import { describeApi } from './description/serve.ts'
import { readJson } from './exact-numbers.ts'
import { healthRoutes, type Trouble } from './health.ts'
import { type EdgeLimits } from './edge/limits.ts'
import { createListener } from './edge/listener.ts'
import { limitBodies } from './edge/body-limits.ts'
import { refuseTheRest } from './methods.ts'
import { metricsRoutes, type MetricsDeps } from './metrics.ts'
import { oauthRoutes } from './oauth.ts'
import { problemHandler } from './problems.ts'
import { validate } from './validation.ts'
import { webhookRoutes, withoutStraySlashes } from './webhook.ts'

type ServerDeps = ApiDeps &
  MetricsDeps & {
    /** Why this service is not ready, if it is not; that it stops is found out here. */
    readonly trouble: () => Trouble | undefined
    /** How long a webhook waits for the store. */
    readonly webhookMs: number
    readonly version: string
    /** Where the console was built, if it was. */
    readonly consoleFolder: string
    readonly edge: EdgeLimits
    /** The addresses whose word is taken for that of the client, if any. */
    readonly trustedProxies: readonly string[]
    /** Called with every route. */
    readonly onRoute: (route: RouteOptions) => void
  }

/** The whole outside: webhook and token endpoint apart from the API, health, the API's description, the console. */
export async function createServer(deps: ServerDeps) {
  const { server, isStopping } = createListener({
    edge: deps.edge,
    trustedProxies: deps.trustedProxies,
    rewriteUrl: withoutStraySlashes,
  })
  server.setValidatorCompiler(validate)
  server.setSerializerCompiler(serializerCompiler)
  server.setErrorHandler(problemHandler(deps.telemetry))
  await server.register(helmet, { contentSecurityPolicy: false })
  limitBodies(server)
  server.addHook('onRoute', deps.onRoute)
  refuseTheRest(server)
  await describeApi(server, deps)
  await server.register(async api => {
    await readCookies(api)
    guard(api, deps)
    readJson(api)
    const typed = api.withTypeProvider<ZodTypeProvider>()
    for (const routes of [
      sourceRoutes,
      pathRoutes,
      integrationRoutes,
      planRoutes,
      eventRoutes,
      mailchimpRoutes,
      peopleRoutes,
      erasureRoutes,
      deliveryRoutes,
      attemptRoutes,
      statsRoutes,
      quarantineRoutes,
      auditRoutes,
      batchRoutes,
      overviewRoutes,
      failureRoutes,
      replayRoutes,
      tokenRoutes,
      sessionRoutes,
      accountRoutes,
      retentionRoutes,
      unprovenRoutes,
      retractionRoutes,
      renamedRoutes,
      upgradeRoutes,
    ])
      routes(typed, deps)
  })
  await server.register(open => webhookRoutes(open, deps))
  await server.register(open => oauthRoutes(open, deps))
  const trouble = () => (isStopping() ? ('stopping' as const) : deps.trouble())
  await server.register(open => healthRoutes(open, { trouble }))
  await server.register(open => metricsRoutes(open, deps))
  await server.register(open => consoleRoutes(open, { folder: deps.consoleFolder }))
  return server
}
