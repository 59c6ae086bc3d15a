export function SystemPage(_: { readonly channel?: number; readonly argument?: string }) {
  return null;
}
