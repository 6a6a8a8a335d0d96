import { afterNews, type Batch, type BatchStep, type GivenUp } from '../../domain/batch-life.ts'
import { type Telemetry } from '../../telemetry.ts'
import { attemptsOf, markSubmitted, recordProgress } from '../../store/debts/batches.ts'
import { type Database } from '../../store/engine/database.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { cancel, readEnds, type CallDeps, type Heard, type Results } from './batch-calls.ts'
import { assertPassed } from './conclude-batch.ts'
import { type OpenBatches } from './open-batches.ts'
import { unknownEnd, unsentEnd, type OperationEnd } from './operation-end.ts'
import { type Recording, type Recordings } from './recordings.ts'

type BatchStepsDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly telemetry: Telemetry
  readonly windowMs: number
  readonly onNews: () => void
  readonly calls: CallDeps
  readonly open: OpenBatches
  readonly recordings: Recordings
  readonly pauseGathering: (until: number) => Promise<void>
}

type AudiencesOf = { readonly integrations: readonly Integration[] }

/** Carries out what `domain/batch-life.ts` decides about a batch. */
export class BatchSteps {
  readonly #deps: BatchStepsDeps

  constructor(deps: BatchStepsDeps) {
    this.#deps = deps
  }

  /** Does what `afterNews` says, in this order; what fails is told by the caller's next try. */
  async follow(heard: Heard, turn: AudiencesOf): Promise<void> {
    const { clock, windowMs } = this.#deps
    let batch = withCounts(heard)
    for (const step of afterNews(batch, heard.news, { now: clock(), windowMs }))
      batch = await this.#carryOut(step, { ...heard, batch }, turn)
  }

  /** Gives the batch as it is afterwards. */
  async #carryOut(step: BatchStep, heard: Heard, turn: AudiencesOf): Promise<Batch> {
    const { batch, resultsUrl = '', results = NO_RESULTS } = heard
    switch (step.do) {
      case 'note_submitted':
        return this.#noteSubmitted(batch, step)
      case 'look_at':
        return this.#lookAt(batch, step.pollAt)
      case 'pause_gathering':
        await this.#deps.pauseGathering(step.until)
        return batch
      case 'assert_passed':
        await this.#assertPassed(batch)
        return batch
      case 'read_results':
        await this.#readResults(batch, resultsUrl, turn)
        return batch
      case 'cancel':
        this.#deps.open.ask(batch, cancel(this.#deps.calls, batch))
        return batch
      case 'record_results':
        await this.#recordResults(batch, results)
        return batch
      case 'give_up':
        await this.giveUp(batch, step)
        return batch
    }
  }

  async #noteSubmitted(batch: Batch, { mailchimpId, pollAt }: BatchStep & { readonly do: 'note_submitted' }) {
    const { db, telemetry, clock } = this.#deps
    const submittedAt = clock()
    await markSubmitted(db, { id: batch.id, mailchimpId, submittedAt, pollAt })
    const submitted: Batch = { ...batch, state: 'submitted', mailchimpId, submittedAt, pollAt }
    this.#deps.open.keep(submitted)
    telemetry.batchSubmitted({ batchId: batch.id, operations: batch.operations })
    return submitted
  }

  async #lookAt(batch: Batch, pollAt: number): Promise<Batch> {
    const { id, finished, errored } = batch
    await recordProgress(this.#deps.db, { id, pollAt, finished, errored })
    const next = { ...batch, pollAt }
    this.#deps.open.keep(next)
    return next
  }

  async #assertPassed({ id }: Batch): Promise<void> {
    const { db, clock, windowMs, onNews } = this.#deps
    if (await db.transaction(tx => assertPassed(tx, id, { now: clock(), windowMs }))) onNews()
  }

  async #readResults(batch: Batch, url: string, { integrations }: AudiencesOf): Promise<void> {
    const audiences = new Map(integrations.map(({ id, settings }) => [id, settings.audienceId]))
    const attempts = await attemptsOf(this.#deps.db, batch.id)
    const request = { url, attempts, audienceOf: (id: string) => audiences.get(id) }
    this.#deps.open.ask(batch, readEnds(this.#deps.calls, batch, request))
  }

  async #recordResults(batch: Batch, { ends, leftOut, changed }: Results): Promise<void> {
    if (changed > 0) this.#deps.telemetry.statusesChanged({ batchId: batch.id, contacts: changed })
    const left = new Set(leftOut)
    await this.#close(batch, { state: 'finished' }, id =>
      left.has(id) ? unsentEnd('it goes by itself') : (ends.get(id) ?? unknownEnd('its result is missing')),
    )
  }

  /** Ends it without its results. */
  giveUp(batch: Batch, { state, detail, until }: GivenUp): Promise<void> {
    return this.#close(batch, { state, detail, until }, () => unknownEnd(detail))
  }

  /** From here on it is over, and is recorded in parts. */
  async #close(batch: Batch, ending: Recording['ending'], endOf: (attemptId: string) => OperationEnd) {
    const over = (await attemptsOf(this.#deps.db, batch.id)).map(attempt => ({ attempt, end: endOf(attempt.id) }))
    this.#deps.open.take(batch.id)
    this.#deps.recordings.add({ batch, over, ending })
  }
}

const NO_RESULTS: Results = { ends: new Map(), leftOut: [], changed: 0 }

/** A look that Mailchimp answered says how far the batch is. */
const withCounts = ({ batch, news }: Heard): Batch =>
  news.kind === 'running' || news.kind === 'ran' ? { ...batch, finished: news.finished, errored: news.errored } : batch
