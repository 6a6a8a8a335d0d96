import { Stack, Stepper, Text } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { CreatedSource } from '../../api/sources.ts'
import { useStoredDraft } from '../../parts/draft/stored-draft.ts'
import { useMay } from '../../parts/role.tsx'
import { soon } from '../../soon.ts'
import { Loading } from '../../ui/Loaded.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { SettingsStep } from './SettingsStep.tsx'
import { STEP_NAMES, WIZARD_STEPS, type WizardStep } from './steps.ts'

const loadOptions = async () => ({ default: (await import('./OptionsStep.tsx')).OptionsStep })
const loadMapping = async () => ({ default: (await import('./MappingStep.tsx')).MappingStep })
const loadReview = async () => ({ default: (await import('./ReviewStep.tsx')).ReviewStep })
const OptionsStep = lazy(loadOptions)
const MappingStep = lazy(loadMapping)
const ReviewStep = lazy(loadReview)

const route = getRouteApi('/app/integrations/new')

/** Didomi's three steps with Didomi's names, and a review. */
export function NewIntegration() {
  const mayChange = useMay('operator')
  return (
    <>
      <PageHeader title="New integration" says="Connect a Didomi source to a Mailchimp audience." />
      {mayChange ? <Wizard /> : <Text size="sm">Operators and owners can make integrations.</Text>}
    </>
  )
}

function Wizard() {
  const { step = 'settings' } = route.useSearch()
  const navigate = route.useNavigate()
  const { draft, change, forget } = useStoredDraft()
  const [created, setCreated] = useState<CreatedSource>()
  useEffect(() => void soon().then(() => Promise.all([loadOptions(), loadMapping(), loadReview()])), [])
  const go = (to: WizardStep): void => void navigate({ search: { step: to } })
  const current = WIZARD_STEPS.indexOf(step)
  const props = { draft, onChange: change, go, created, onCreated: setCreated, onDone: forget }
  return (
    <Stack gap="lg">
      <Stepper
        active={current}
        size="sm"
        onStepClick={index => go(WIZARD_STEPS[index] ?? 'settings')}
        allowNextStepsSelect={false}
      >
        {WIZARD_STEPS.map(each => (
          <Stepper.Step key={each} label={STEP_NAMES[each]} />
        ))}
      </Stepper>
      <Suspense fallback={<Loading />}>
        <Step step={step} {...props} />
      </Suspense>
    </Stack>
  )
}

type Props = Parameters<typeof SettingsStep>[0] & { readonly step: WizardStep }

function Step({ step, ...props }: Props) {
  switch (step) {
    case 'settings':
      return <SettingsStep {...props} />
    case 'options':
      return <OptionsStep {...props} />
    case 'mapping':
      return <MappingStep {...props} />
    case 'review':
      return <ReviewStep {...props} />
  }
}
