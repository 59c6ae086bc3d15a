export function ChannelSettings(_: { readonly channel: number }) {
  return null;
}
