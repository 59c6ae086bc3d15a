import { join } from 'node:path';
import { AlarmPost } from '../alarms/alarm-post.ts';
import { PicturePost } from '../alarms/picture-post.ts';
import { PictureUpload } from '../alarms/picture-upload.ts';
import { localDateTime } from '../device/local-time.ts';
import { Upgrader } from '../device/upgrade/upgrader.ts';
import { alarmNotice } from '../ovc/alarm-notice.ts';
import type { OvcLink } from '../ovc/ovc-link.ts';
import type { PlatformHttp } from '../recording/http.ts';
import type { TrustedTime } from '../runtime/trusted-time.ts';
import type { Store } from '../store/store.ts';
import type { GatewayParts } from './parts.ts';

/** Parts of the gateway that speak with the platform by the link, whichever is in place. */

interface Linked {
  readonly link: () => OvcLink;
}

/** The way of alarms to the platform. `linked` says whether one can be told now. */
export function alarmPostFor(
  { config, clock, log: all }: GatewayParts,
  {
    http,
    time,
    store,
    linked,
    link,
  }: Linked & {
    readonly http: PlatformHttp;
    readonly time: TrustedTime;
    readonly store: Store;
    readonly linked: () => boolean;
  },
): AlarmPost {
  const world = { clock, log: all.child({ room: 'alarms' }) };
  const upload = new PictureUpload({ http, method: config.alarms.picture_upload, clock });
  return new AlarmPost({
    notify: async (edge, received) => {
      const answer = await link().call('AlarmNotify', alarmNotice(edge, localDateTime), received);
      return answer.pic_upload_url;
    },
    linked,
    stamps: time,
    book: store,
    pictures: new PicturePost({ upload, ...world }),
    ...world,
  });
}

/** Upgrading by order of the platform. */
export function upgraderFor(
  { config, login, stateDirectory, installation, standing = {}, restart, clock, log }: GatewayParts,
  { link, onChange }: Linked & { readonly onChange: () => void },
): Upgrader {
  const { keys, allow_downgrade: allowDowngrade, max_bytes: maxBytes } = config.upgrade;
  return new Upgrader({
    ...{ version: login.firmwareModel, installation, standing, ca: login.ca, restart, onChange },
    ...{ keys, allowDowngrade, maxBytes, directory: join(stateDirectory, 'upgrade') },
    link: () => {
      const { link: now, keepalive } = link().status;
      return { upSince: now.state === 'up' ? now.since : undefined, answered: keepalive };
    },
    ...{ clock, log: log.child({ room: 'device' }) },
  });
}
