import { authenticationOf, filledRules } from '../../parts/draft/draft.ts'
import { MappingEditor } from '../../parts/mapping/MappingEditor.tsx'
import { PreviewPanel } from '../../parts/mapping/PreviewPanel.tsx'
import { TwoSides } from '../../ui/TwoSides.tsx'
import { StepFrame } from './StepFrame.tsx'
import type { StepProps } from './steps.ts'

export function MappingStep({ draft, onChange, go }: StepProps) {
  const missing = filledRules(draft).length === 0 ? 'Map at least one merge tag.' : undefined
  return (
    <StepFrame isWide onBack={() => go('options')} onNext={() => go('review')} missing={missing}>
      <TwoSides>
        <MappingEditor
          sourceId={draft.sourceId}
          auth={authenticationOf(draft)}
          audienceId={draft.audienceId}
          rules={draft.mappings}
          onChange={mappings => onChange({ ...draft, mappings })}
        />
        <PreviewPanel draft={draft} />
      </TwoSides>
    </StepFrame>
  )
}
