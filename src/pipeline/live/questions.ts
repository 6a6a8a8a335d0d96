import { Problem } from '../../domain/problem.ts'
import { takeTurns, type Turn } from '../../store/engine/turns.ts'
import { credentialId } from '../secrets.ts'

/** Callers that may wait for an answer; the next one is refused with a time to come back. */
const MOST_WAITING = 20

/**
 * What people ask Mailchimp live, beside the deliveries: one question at a time for each key, however many people look,
 * so that questions never take more than one of the connections that Mailchimp counts (I13).
 */
export type Questions = {
  /** Refuses with `overloaded` when too many wait. */
  ask<T>(apiKey: string, question: () => Promise<T>): Promise<T>
}

type Line = { readonly turn: Turn; waiting: number }

export function createQuestions(): Questions {
  const lines = new Map<string, Line>()
  return {
    async ask(apiKey, question) {
      const key = credentialId(apiKey)
      const line = lines.get(key) ?? { turn: takeTurns(), waiting: 0 }
      if (line.waiting >= MOST_WAITING) throw new Problem('overloaded', 'many people ask Mailchimp something just now')
      lines.set(key, line)
      line.waiting += 1
      try {
        return await line.turn(question)
      } finally {
        line.waiting -= 1
        if (line.waiting === 0) lines.delete(key)
      }
    },
  }
}
