import type { Space } from '../onvif/ptz/options.ts';
import type { Survey } from '../onvif/survey/report.ts';

type Line = readonly [string, string];

/** All of a survey in lines of two columns, for a person. */
export function surveyLines(survey: Survey): string[] {
  const lines = [...who(survey), ...streams(survey), ...moves(survey), ...events(survey), ...rest(survey)];
  return lines.map(([what, words]) => `${what.padEnd(12)} ${words}`.trimEnd());
}

function who({ address, identity, device, openly, clockOffsetMs, services }: Survey): Line[] {
  const { manufacturer, model, serial, macs, endpoint } = identity;
  const open = [
    openly.serial && 'serial number',
    openly.macs.length > 0 && 'MAC address',
    openly.endpoint && 'endpoint',
  ];
  const told = open.filter((word) => typeof word === 'string' && word !== '');
  return [
    ['address', address],
    ['camera', `${manufacturer} ${model}`.trim() || 'does not say'],
    ...(device ? [['firmware', device.firmware] as const] : []),
    ['serial', serial || '-'],
    ['MAC', macs.join(', ') || '-'],
    ['endpoint', endpoint || '-'],
    ['tells anybody', told.join(', ') || 'nothing'],
    ['clock', clockOffsetMs === undefined ? 'cannot be read' : `${(clockOffsetMs / 1000).toFixed(1)} s off`],
    ...Object.entries(services).map(([name, url], at): Line => [at === 0 ? 'services' : '', `${name}: ${url}`]),
  ];
}

function streams({ profiles, streams: found }: Survey): Line[] {
  const bare = profiles.filter(({ token }) => !found.some(({ profile }) => profile === token));
  const words = [
    ...found.map(({ profile, name, video, width, height, framesPerSecond, bitsPerSecond, audio, url }) => {
      const size = width === undefined || height === undefined ? '' : ` ${width}x${height}`;
      const pace = framesPerSecond === undefined ? '' : ` ${framesPerSecond}/s`;
      const rate = bitsPerSecond === undefined ? '' : ` ${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
      return `${profile} (${name}): ${video}${size}${pace}${rate}, ${audio ?? 'no sound'}, ${url.href}`;
    }),
    ...bare.map(({ token, name }) => `${token} (${name}): no stream`),
  ];
  return words.map((line, at) => [at === 0 ? 'profiles' : '', line]);
}

function moves({ moves: found, services, faults }: Survey): Line[] {
  if (!found) return [['PTZ', Object.hasOwn(services, 'ptz') && faults['ptz'] !== undefined ? 'see below' : 'none']];
  const { abilities, isAssumed, presets, profile } = found;
  const { panTilt, zoom, spaces, timeout } = abilities;
  const list = presets.map(({ token, name }) => (name === '' ? token : `${token} (${name})`));
  return [
    ['PTZ', `pan and tilt ${panTilt}, zoom ${zoom}, by profile ${profile}${isAssumed ? ' (assumed)' : ''}`],
    ['', `pan and tilt ${ranges(spaces.panTilt, ['x', 'y'])}, zoom ${ranges(spaces.zoom, ['zoom'])}`],
    ...(timeout ? [['', `timeout ${timeout.min} to ${timeout.max} s`] as const] : []),
    ['presets', list.length === 0 ? 'none' : `${list.length}: ${list.slice(0, 32).join(', ')}`],
  ];
}

function ranges({ ranges: all }: Space, axes: ReadonlyArray<keyof Space['ranges']>): string {
  return axes.map((axis) => `${axis} ${all[axis].min} to ${all[axis].max}`).join(', ');
}

function events({ events: seen }: Survey): Line[] {
  if (!seen) return [];
  if (seen.topics.length === 0) return [['events', `none in ${seen.seconds} s`]];
  return seen.topics.map(({ topic, messages, alarms, isKnown }, at): Line => {
    const means = alarms.join(', ') || (isKnown ? 'no alarm' : 'unknown topic');
    return [at === 0 ? 'events' : '', `${topic}: ${messages}, ${means}`];
  });
}

function rest({ snapshotBytes, quirks, faults }: Survey): Line[] {
  return [
    ['snapshot', snapshotBytes === undefined ? 'none' : `${snapshotBytes} bytes`],
    ...quirks.map((quirk, at): Line => [at === 0 ? 'note' : '', quirk]),
    ...Object.entries(faults).map(([part, words]): Line => ['FAIL', `${part}: ${words}`]),
  ];
}
