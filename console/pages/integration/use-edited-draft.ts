import { useState } from 'react'
import type { Integration } from '../../api/integrations.ts'
import { draftOf, type Draft } from '../../parts/draft/draft.ts'

type Edited = {
  readonly draft: Draft
  readonly change: (draft: Draft) => void
  readonly isChanged: boolean
  /** Somebody saved another version since this one was begun. */
  readonly isOutdated: boolean
  /** Begins anew with what is saved. */
  readonly begin: (saved: Integration) => void
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** A draft of a part of what is saved. While nothing is changed in it, it follows what others save. */
export function useEditedDraft(integration: Integration, partOf: (draft: Draft) => unknown): Edited {
  const [base, setBase] = useState(integration)
  const [draft, change] = useState(() => draftOf(integration))
  const [begun, mine, saved] = [draftOf(base), draft, draftOf(integration)].map(partOf)
  const begin = (next: Integration): void => {
    setBase(next)
    change(draftOf(next))
  }
  const isChanged = !isSame(mine, begun)
  if (integration.updated_at !== base.updated_at) {
    if (!isChanged || isSame(mine, saved)) begin(integration)
    else if (isSame(saved, begun)) setBase(integration)
  }
  return { draft, change, isChanged, isOutdated: isChanged && !isSame(saved, begun), begin }
}
