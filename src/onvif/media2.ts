import { audioEncoding, type MediaProfile, MOST_PROFILES, videoEncoder, videoSource } from './media.ts';
import { element, elements, text } from './reply.ts';
import type { Operation } from './soap.ts';
import { xml } from './xml.ts';

/** The Media2 service, which alone has a word for H.265: its profiles and stream addresses. */

export const getProfiles2: Operation<MediaProfile[]> = {
  service: 'media2',
  name: 'GetProfiles',
  arguments: xml`<tr2:Type>All</tr2:Type>`,
  reply: element({
    Profiles: elements({
      '@token': text,
      Name: text,
      Configurations: element({
        VideoEncoder: videoEncoder,
        AudioEncoder: element({ Encoding: audioEncoding }),
        PTZ: element({ '@token': text }),
        VideoSource: videoSource,
      }),
    }),
  }).transform(({ Profiles }) =>
    Profiles.slice(0, MOST_PROFILES).flatMap(({ '@token': token, Name: name, Configurations }) => {
      if (token === undefined) return [];
      return [
        {
          token,
          name: name ?? token,
          service: 'media2' as const,
          ...Configurations.VideoEncoder,
          audio: Configurations.AudioEncoder.Encoding,
          ptzToken: Configurations.PTZ['@token'],
          ...Configurations.VideoSource,
        },
      ];
    }),
  ),
};

export function getStreamUri2(token: string): Operation<string | undefined> {
  return {
    service: 'media2',
    name: 'GetStreamUri',
    arguments: xml`<tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>${token}</tr2:ProfileToken>`,
    reply: element({ Uri: text }).transform(({ Uri }) => Uri),
  };
}

export function getSnapshotUri2(token: string): Operation<string | undefined> {
  return {
    service: 'media2',
    name: 'GetSnapshotUri',
    arguments: xml`<tr2:ProfileToken>${token}</tr2:ProfileToken>`,
    reply: element({ Uri: text }).transform(({ Uri }) => Uri),
  };
}
