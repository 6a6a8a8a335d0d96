import { useQueryClient } from '@tanstack/react-query'
import { integrationQuery, type Integration } from '../api/integrations.ts'

/** What has to be read anew when an integration was changed. */
export function useIntegrationChanged(): (changed: Integration) => void {
  const queries = useQueryClient()
  return changed => {
    queries.setQueryData(integrationQuery(changed.id).queryKey, changed)
    void queries.invalidateQueries({ queryKey: ['integrations', 'list'] })
    void queries.invalidateQueries({ queryKey: ['mailchimp'] })
    void queries.invalidateQueries({ queryKey: ['overview'] })
  }
}
