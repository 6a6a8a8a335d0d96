import { Button, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Integration } from '../../api/integrations.ts'
import { filledRules } from '../../parts/draft/draft.ts'
import { FieldRules } from '../../parts/mapping/FieldRules.tsx'
import { MappingEditor } from '../../parts/mapping/MappingEditor.tsx'
import { PreviewPanel } from '../../parts/mapping/PreviewPanel.tsx'
import { useMay } from '../../parts/role.tsx'
import { TwoSides } from '../../ui/TwoSides.tsx'
import { ImpactDialog } from './ImpactDialog.tsx'
import { TestWritePanel } from './TestWritePanel.tsx'
import { Unsaved } from './Unsaved.tsx'
import { useEditedDraft } from './use-edited-draft.ts'

type Props = { readonly integration: Integration }

export function MappingTab({ integration }: Props) {
  const mayChange = useMay('operator')
  if (!mayChange) return <FieldRules rules={integration.mappings} />
  return <Editor key={integration.id} integration={integration} />
}

function Editor({ integration }: Props) {
  const { draft, change, isChanged, isOutdated, begin } = useEditedDraft(integration, filledRules)
  const undo = (): void => begin(integration)
  const [isSaving, dialog] = useDisclosure(false)
  return (
    <TwoSides>
      <Stack>
        <Unsaved isChanged={isChanged} isOutdated={isOutdated} onUndo={undo} />
        <MappingEditor
          sourceId={integration.source_id}
          auth={{ integration_id: integration.id }}
          audienceId={integration.properties.audience_id}
          rules={draft.mappings}
          onChange={mappings => change({ ...draft, mappings })}
        />
        <Group>
          <Button disabled={!isChanged} onClick={dialog.open}>
            Save …
          </Button>
          {isChanged && (
            <>
              <Button variant="default" onClick={undo}>
                Undo changes
              </Button>
              <Text size="sm" c="dimmed">
                You will see whom it changes first.
              </Text>
            </>
          )}
        </Group>
      </Stack>
      <Stack>
        <PreviewPanel draft={draft} integrationId={integration.id} storedKey={integration.authentication.api_key} />
        <TestWritePanel integration={integration} />
      </Stack>
      {isSaving && <ImpactDialog integration={integration} rules={filledRules(draft)} onClose={dialog.close} />}
    </TwoSides>
  )
}
