import { Button } from '../kit/parts/button.tsx';
import { useToasts } from '../kit/parts/toast.tsx';
import { type Device, useSite } from './site.ts';
import { type TEXTS, useWords } from './texts.ts';

type Channel = Device['channels'][number];
type Key = keyof typeof TEXTS;

interface ChannelOrdersProps {
  /** Method and label. */
  readonly orders: { readonly start: readonly [string, Key]; readonly stop: readonly [string, Key] };
  /** Whether the channel does it already. */
  readonly runs: (channel: Channel) => boolean;
}

/** A button for each channel that is there: starts what does not run, stops what does. */
export function ChannelOrders({ orders: { start, stop }, runs }: ChannelOrdersProps) {
  const words = useWords();
  const site = useSite();
  const toasts = useToasts();
  const order = async (method: string, channel: Channel): Promise<void> => {
    try {
      const sample = await site.sample(method, channel.channel);
      // What the device says it does is what is to be stopped, whoever began it.
      const named = { stream_id: channel.stream_id, session_id: channel.record_session };
      const own = Object.fromEntries(
        Object.entries(named).filter(([key, value]) => value !== undefined && key in sample),
      );
      const answer = await site.ask(method, { ...sample, ...own });
      const refused = typeof answer === 'object' && answer !== null && 'err' in answer;
      if (refused) toasts.say(`${method}: ${JSON.stringify(answer.err)}`, 'bad');
    } catch (err) {
      toasts.say(err instanceof Error ? err.message : String(err), 'bad');
    }
  };
  const channels = (site.device?.channels ?? []).filter(({ state }) => state > 0);
  return (
    <div class="channel-orders">
      {channels.map((channel) => {
        const [method, key] = runs(channel) ? stop : start;
        return (
          <Button key={channel.channel} onClick={() => void order(method, channel)}>
            {words(key, { channel: channel.channel })}
          </Button>
        );
      })}
    </div>
  );
}
