export function SettingsPage(_: { readonly channel?: number; readonly argument?: string }) {
  return null;
}
