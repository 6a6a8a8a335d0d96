import { type Outcome } from '../../domain/outcome.ts'
import { type Request } from '../../domain/plan.ts'
import { classifyWrite } from '../../mailchimp/classify.ts'
import { type Reply } from '../../mailchimp/client.ts'
import { fieldsIn } from '../../mailchimp/targets.ts'
import { type BatchAttempt } from '../../store/debts/batches.ts'

/** What became of one operation of a batch. */
export type OperationEnd = { readonly reply: Reply; readonly outcome: Outcome }

const writtenIn = ({ method, request }: BatchAttempt): Pick<Request, 'do' | 'fields'> => ({
  do: method === 'PUT' ? 'upsert' : 'update',
  fields: fieldsIn(request),
})

/** The outcome of one operation, from the reply that the results of the batch hold (R25). */
export function readOperation(attempt: BatchAttempt, reply: Reply, now: number): OperationEnd {
  const outcome = classifyWrite(reply, writtenIn(attempt), now)
  // The answer to a success is not read again, and there are thousands of them.
  const isSuccess = outcome.kind === 'delivered' && reply.kind === 'answer'
  return { reply: isSuccess ? { ...reply, json: undefined } : reply, outcome }
}

/** The end of this operation is unknown. */
export const unknownEnd = (detail: string): OperationEnd => interrupted(detail, true)

/** This operation never left. */
export const unsentEnd = (detail: string): OperationEnd => interrupted(detail, false)

const interrupted = (detail: string, ambiguous: boolean): OperationEnd => ({
  reply: { kind: 'failure', cause: 'answer_unreadable', detail, maybeSeen: ambiguous },
  outcome: { kind: 'retry', cause: 'interrupted', detail, ambiguous, throttled: false, waitMs: undefined },
})

/** Nothing is known of it, so it is no contact's failure, and counts as no try. */
export const isInterrupted = ({ outcome }: OperationEnd): boolean =>
  outcome.kind === 'retry' && outcome.cause === 'interrupted'
