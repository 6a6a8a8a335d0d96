import { OptionsFields } from '../../parts/draft/OptionsFields.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { StepFrame } from './StepFrame.tsx'
import type { StepProps } from './steps.ts'

export function OptionsStep({ draft, onChange, go }: StepProps) {
  return (
    <StepFrame onBack={() => go('settings')} onNext={() => go('mapping')}>
      <Panel title="Options">
        <OptionsFields draft={draft} onChange={onChange} />
      </Panel>
    </StepFrame>
  )
}
