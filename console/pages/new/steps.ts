import type { CreatedSource } from '../../api/sources.ts'
import type { Draft } from '../../parts/draft/draft.ts'

export const WIZARD_STEPS = ['settings', 'options', 'mapping', 'review'] as const
export type WizardStep = (typeof WIZARD_STEPS)[number]

export const STEP_NAMES = {
  settings: 'Settings',
  options: 'Options',
  mapping: 'Mapping',
  review: 'Review',
} as const satisfies Record<WizardStep, string>

export type StepProps = {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly go: (step: WizardStep) => void
  /** A source that was made just now, with its secret, which is shown once. */
  readonly created: CreatedSource | undefined
  readonly onCreated: (source: CreatedSource) => void
  readonly onDone: () => void
}
