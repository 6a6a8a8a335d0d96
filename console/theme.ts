import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const pine: MantineColorsTuple = [
  '#ecf7f4',
  '#d7ece6',
  '#aad8cb',
  '#7bc3b0',
  '#54b29a',
  '#37967e',
  '#24806a',
  '#177660',
  '#0c6b57',
  '#07503f',
]

/** Mantine's dark greys with a little blue; 7 is the background of panels, 0 the text. */
const dark: MantineColorsTuple = [
  '#e4e8eb',
  '#b8bfc5',
  '#99a1a8',
  '#6b747b',
  '#41484e',
  '#363d42',
  '#2a2f34',
  '#1e2226',
  '#181b1f',
  '#121517',
]

export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  colors: { pine, dark },
  primaryColor: 'pine',
  // Lighter shades do not reach a contrast of 4.5 with white text.
  primaryShade: { light: 8, dark: 8 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '1rem' }, h3: { fontSize: '0.875rem' } },
  },
  components: {
    Badge: { defaultProps: { radius: 'sm', tt: 'none', fw: 550 } },
    Table: { defaultProps: { verticalSpacing: 8, fz: 'sm', highlightOnHover: true } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Modal: {
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 650 } },
    },
  },
})

/** Mantine's greys and reds for text miss a contrast of 4.5 on their own backgrounds. */
export const cssVariables: CSSVariablesResolver = ({ colors }) => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545b63',
    '--mantine-color-placeholder': '#636a72',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': colors.pine?.[8] ?? '',
  },
  dark: {
    '--mantine-color-dimmed': '#a9b1b8',
    '--mantine-color-placeholder': '#99a1a8',
    '--mantine-color-error': '#ff9a8f',
    '--mantine-color-anchor': colors.pine?.[3] ?? '',
  },
})
