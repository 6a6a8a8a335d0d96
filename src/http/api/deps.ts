import { type FastifyInstance, type FastifyBaseLogger, type RawServerDefault } from 'fastify'
import { type ZodTypeProvider } from 'fastify-type-provider-zod'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { type Failures } from '../../pipeline/watch/failures.ts'
import { type Ingest } from '../../pipeline/intake/ingest.ts'
import { type IntegrationDeps } from '../../pipeline/settings/integrations.ts'
import { type Passwords } from '../../pipeline/access/passwords.ts'
import { type Prover } from '../../pipeline/access/prover.ts'
import { type Erasures } from '../../pipeline/upkeep/erasures.ts'
import { type Replays } from '../../pipeline/upkeep/replays.ts'
import { type Expiry } from '../../pipeline/upkeep/retention.ts'
import { type Retractions } from '../../pipeline/upkeep/retractions.ts'
import { type Upgrading } from '../../pipeline/upkeep/upgrade.ts'
import { type WebhookGate } from '../../pipeline/intake/gate.ts'
import { type Worker } from '../../pipeline/lanes/worker.ts'
import { type KeyedHash } from '../../store/settings/erasure-key.ts'
import { type Telemetry } from '../../telemetry.ts'

/** A server whose routes take their types from their schemas. */
export type Api = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

/** What the resources of the API work with. */
export type ApiDeps = IntegrationDeps & {
  readonly telemetry: Telemetry
  readonly ingest: Ingest
  readonly worker: Worker
  readonly failures: Failures
  readonly replays: Replays
  readonly erasures: Erasures
  readonly keyedHash: KeyedHash
  readonly passwords: Passwords
  readonly prove: Prover
  readonly expiry: Expiry
  readonly upgrading: Upgrading
  readonly retractions: Retractions
  readonly gate: WebhookGate
  /** How the world reaches this service, without a slash at its end. */
  readonly publicUrl: () => string
}
