import { useState } from 'react'
import { EMPTY_DRAFT, type Draft } from './draft.ts'

const NAME = 'consent-relay-new-integration'

/** A draft as text, without its key: a browser's storage is no place for a secret. */
export const draftText = (draft: Draft): string => JSON.stringify({ ...draft, apiKey: '' })

/** A draft from text; an empty one when it is not one of ours. */
export function draftFrom(text: string | null): Draft {
  if (text === null) return EMPTY_DRAFT
  try {
    const kept = JSON.parse(text) as Partial<Draft>
    return { ...EMPTY_DRAFT, ...kept, options: { ...EMPTY_DRAFT.options, ...kept.options }, apiKey: '' }
  } catch {
    return EMPTY_DRAFT
  }
}

/** The draft of a new integration, which survives a reload of this tab. */
export function useStoredDraft() {
  const [draft, setDraft] = useState(() => draftFrom(sessionStorage.getItem(NAME)))
  const change = (next: Draft): void => {
    setDraft(next)
    sessionStorage.setItem(NAME, draftText(next))
  }
  const forget = (): void => sessionStorage.removeItem(NAME)
  return { draft, change, forget }
}
