import type { Box, Orders } from '../../src/ovc/handlers.ts';

const nothing = async (): Promise<void> => undefined;
const none = async (): Promise<[]> => [];

/** Takes every order and does nothing; for tests of what orders pass through. */
export const idleOrders: Orders = {
  ...{ publish: nothing, stopPublish: nothing, startRecord: nothing, stopRecord: nothing, snapshot: nothing },
  ...{ ptz: () => undefined, presetIds: none, reboot: nothing, networkInterfaces: none, setClocks: nothing },
};

/** A box whose time stands still. */
export const stillBox: Box = {
  localDateTime: () => '2026-01-02T03:04:05',
  aheadMs: () => 0,
  syncClock: async (order) => order,
  reboot: nothing,
  upgrade: () => undefined,
};
