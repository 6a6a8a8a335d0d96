import { authenticationOf, type Draft } from '../../parts/draft/draft.ts'
import { SettingsFields } from '../../parts/draft/SettingsFields.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { NEW_SOURCE, SourcePanel } from './SourcePanel.tsx'
import { StepFrame } from './StepFrame.tsx'
import type { StepProps } from './steps.ts'

export function SettingsStep({ draft, onChange, go, created, onCreated }: StepProps) {
  return (
    <StepFrame onNext={() => go('options')} missing={missingIn(draft)}>
      <SourcePanel
        sourceId={draft.sourceId}
        created={created}
        onChoose={sourceId => onChange({ ...draft, sourceId })}
        onCreated={source => {
          onCreated(source)
          onChange({ ...draft, sourceId: source.id })
        }}
      />
      <Panel title="Mailchimp">
        <SettingsFields draft={draft} onChange={onChange} />
      </Panel>
    </StepFrame>
  )
}

function missingIn(draft: Draft): string | undefined {
  if (draft.sourceId === '' || draft.sourceId === NEW_SOURCE) return 'Choose or make a source.'
  if (draft.apiKey.trim() === '') return 'Put in the API key.'
  if (authenticationOf(draft) === undefined) return 'The API key and the server URL do not fit yet.'
  return draft.audienceId.trim() === '' ? 'Choose the audience.' : undefined
}
