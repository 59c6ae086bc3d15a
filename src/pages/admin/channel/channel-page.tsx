export function ChannelPage(_: { readonly channel?: number; readonly argument?: string }) {
  return null;
}
