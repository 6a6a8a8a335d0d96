import { type Registry } from 'prom-client'
import { DAY, HOUR, MINUTE, SECOND } from '../domain/instant.ts'
import { type Telemetry } from '../telemetry.ts'
import { makersOf, seconds } from './makers.ts'

const NO_REASON = ''

/** Counts what the service reports, and how long it took. */
export function countedIn(registry: Registry): Telemetry {
  return counting(countersIn(registry), histogramsIn(registry))
}

function countersIn(registry: Registry) {
  const counters = { ...countersOfRecords(registry), ...countersOfMailchimp(registry) }
  // A series that begins at its first happening shows Prometheus no increase.
  for (const status of ['202', '401', '413', '503']) counters.webhooks.inc({ status }, 0)
  return counters
}

function countersOfRecords(registry: Registry) {
  const { counter } = makersOf(registry)
  return {
    records: counter({
      name: 'records_total',
      help: 'Records received and on disk, by what became of them; all kinds together are what was received.',
      labelNames: ['source', 'kind'],
    }),
    webhooks: counter({
      name: 'webhook_requests_total',
      help: 'Answers of the webhook, by HTTP status; 202 means on disk.',
      labelNames: ['status'],
    }),
    lost: counter({
      name: 'bodies_refused_total',
      help: 'Bodies of authenticated senders of facts, refused for their size (413): what they said is lost.',
    }),
    setApart: counter({
      name: 'bodies_quarantined_total',
      help: 'Bodies with a part that could not be read, and was kept and set apart.',
    }),
    expired: counter({
      name: 'expired_records_total',
      help: 'Records that were older than they are kept for: bodies, quarantine, anonymous facts, attempts, audit.',
      labelNames: ['kind'],
    }),
    attempts: counter({
      name: 'attempts_total',
      help: 'Attempts to pay a debt that ended and are recorded; a retry is an attempt whose outcome is retry.',
      labelNames: ['integration', 'outcome', 'reason'],
    }),
    deliveries: counter({
      name: 'deliveries_total',
      help: 'Debts that came to an end: delivered, skipped, held or dead, with the reason.',
      labelNames: ['integration', 'end', 'reason'],
    }),
  }
}

function countersOfMailchimp(registry: Registry) {
  const { counter } = makersOf(registry)
  return {
    requests: counter({
      name: 'mailchimp_requests_total',
      help: 'Requests of a lane to Mailchimp by class of answer: 2xx, 3xx, 4xx, 429, 5xx, or why there was none.',
      labelNames: ['credential', 'answer'],
    }),
    throttled: counter({
      name: 'mailchimp_throttled_total',
      help: 'Answers by which Mailchimp or its edge asked for fewer requests: 429, and 403 or 503 without JSON.',
      labelNames: ['credential'],
    }),
    batches: counter({
      name: 'batches_total',
      help: 'Batches that ended: finished, cancelled because they were refused or late, or lost.',
      labelNames: ['state'],
    }),
    statuses: counter({
      name: 'statuses_changed_total',
      help: 'Contacts that had not subscribed and had another status after a call for many (options.bulk "lists").',
    }),
    unproven: counter({
      name: 'unproven_contacts_total',
      help: 'Contacts with fields that Mailchimp may have applied late, and that an integration which left could not put right.',
    }),
    recovered: counter({
      name: 'recovered_debts_total',
      help: 'Debts that were being sent when the service stopped, and were taken back.',
    }),
    faults: counter({
      name: 'faults_total',
      help: 'Steps and requests that failed by a bug, or because the store did not answer; the log says which.',
    }),
  }
}

/** From the 0.1 s of an idle service to the seven days in which a grant has expired. */
const WAITS = [
  ...[0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30].map(seconds => seconds * SECOND),
  ...[1, 2, 5, 15, 30].map(minutes => minutes * MINUTE),
  ...[1, 3, 6, 12].map(hours => hours * HOUR),
  ...[1, 2, 4, 7].map(days => days * DAY),
].map(seconds)
/** Up to the 30 s after which we give up. */
const CALLS = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 20, 30]
const WEBHOOKS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30]

function histogramsIn(registry: Registry) {
  const { histogram } = makersOf(registry)
  return {
    webhook: histogram({
      name: 'webhook_duration_seconds',
      help: 'From the first byte of a webhook to its answer.',
      buckets: WEBHOOKS,
    }),
    toDeliver: histogram({
      name: 'time_to_deliver_seconds',
      help: 'From the receipt of a fact to the answer by which Mailchimp took it.',
      labelNames: ['integration'],
      buckets: WAITS,
    }),
    toWithdraw: histogram({
      name: 'time_to_withdraw_seconds',
      help: 'The same, only for facts that may take something back.',
      labelNames: ['integration'],
      buckets: WAITS,
    }),
    call: histogram({
      name: 'mailchimp_request_duration_seconds',
      help: 'From a request of a lane to the whole answer of Mailchimp, or to its failure.',
      labelNames: ['credential'],
      buckets: CALLS,
    }),
  }
}

function counting(counters: ReturnType<typeof countersIn>, histograms: ReturnType<typeof histogramsIn>): Telemetry {
  return {
    received: ({ sourceId, kind, records }) => counters.records.inc({ source: sourceId, kind }, records),
    quarantined: () => counters.setApart.inc(),
    webhookAnswered({ status, durationMs }) {
      counters.webhooks.inc({ status: String(status) })
      histograms.webhook.observe(seconds(durationMs))
    },
    bodyRefused: () => counters.lost.inc(),
    mailchimpAnswered({ credentialId: credential, answer, throttled, durationMs }) {
      counters.requests.inc({ credential, answer: classOf(answer) })
      counters.throttled.inc({ credential }, throttled ? 1 : 0)
      histograms.call.observe({ credential }, seconds(durationMs))
    },
    attemptEnded({ integrationId: integration, outcome, reason = NO_REASON, waits }) {
      counters.attempts.inc({ integration, outcome, reason })
      for (const { ms, withdrawal } of waits) {
        histograms.toDeliver.observe({ integration }, seconds(ms))
        if (withdrawal) histograms.toWithdraw.observe({ integration }, seconds(ms))
      }
    },
    settled: ({ integrationId: integration, end, reason = NO_REASON }) =>
      counters.deliveries.inc({ integration, end, reason }),
    left: ({ unproven }) => counters.unproven.inc(unproven),
    recovered: ({ debts }) => counters.recovered.inc(debts),
    requestFailed: () => counters.faults.inc(),
    stepFailed: () => counters.faults.inc(),
    batchEnded: ({ state }) => counters.batches.inc({ state }),
    statusesChanged: ({ contacts }) => counters.statuses.inc(contacts),
    // Seen as gauges.
    batchSubmitted: () => undefined,
    held: () => undefined,
    storeUnwell: () => undefined,
    storeWell: () => undefined,
    clockSet: () => undefined,
    clockDiffers: () => undefined,
    clockAgrees: () => undefined,
    released: () => undefined,
    withdrawalLate: () => undefined,
    withdrawalsCaughtUp: () => undefined,
    expired: ({ kind, records }) => counters.expired.inc({ kind }, records),
    // For the log only: what was received is counted once, when it came in.
    reread: () => undefined,
    upgraded: () => undefined,
    signInRefused: () => undefined,
    leaseChanged: () => undefined,
    stopCutShort: () => undefined,
  }
}

const classOf = (answer: number | string): string =>
  typeof answer === 'string' || answer === 429 ? String(answer) : `${Math.floor(answer / 100)}xx`
