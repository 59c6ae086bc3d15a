import type { Alarm } from '../../channel/alarm.ts';

/**
 * How the end of an alarm is told: by a value (`explicit`), by a value that some cameras forget (`unreliable`), by
 * nobody, because the message itself is the event (`auto`), or by a value that may take months (`level`).
 */
export type EndMode = 'explicit' | 'unreliable' | 'auto' | 'level';

export interface TopicRow {
  /** Tested on the canonical topic, without regard to case. */
  readonly topic: RegExp;
  /** The row counts only for messages with a data item of such a name, or of such a value. */
  readonly itemName?: RegExp;
  readonly itemValue?: RegExp;
  /** Without one the topic is known and means no alarm. */
  readonly alarm?: Alarm;
  /** In words for a person: what it is, or why it is ignored. */
  readonly desc: string;
  readonly end?: EndMode;
  /** Without a boolean the message itself is the event. */
  readonly edge?: true;
  /** How it is read where not by a boolean item: from a list of classes in view, or from one class heard. */
  readonly read?: 'classes' | 'sound-class';
  /** An area that is entered; a camera's option may make a tripwire of it. */
  readonly region?: true;
  /** An output, which some installations use as an input. */
  readonly relay?: true;
  /** Other than the end mode's own. */
  readonly holdMs?: number;
}

const DOORBELL_HOLD_MS = 30_000;
const explicit = { end: 'explicit' } as const;
const unreliable = { end: 'unreliable' } as const;

/**
 * The topics we know, first match wins (ONVIF field guide 2.2, in its order). A new camera is a new row here and a
 * fixture beside the others; what no row names is ignored, because a false alarm is worse than a missed exotic one.
 */
export const TOPICS: readonly TopicRow[] = [
  // Must come before everything else: TP-Link has its tamper alarm under CellMotionDetector.
  { topic: /tamper|globalscenechange|scenedetector\/change|imagetoo|usera?larm\/videocover/i, desc: 'picture quality' },
  { topic: /signalloss|defocus|(^|\/)fog/i, desc: 'picture quality' },
  { topic: /^device\/trigger\/relay/i, desc: 'relay output', relay: true, ...explicit },
  { topic: /\/io\/outputport|virtualoutput/i, desc: 'output' },
  { topic: /^(monitoring|recording\w*|media\w*|configuration\w*|ptzcontroller|logs)(\/|$)/i, desc: 'device state' },
  { topic: /hardwarefailure|(^|\/)storage(\/|$)|light|daynightvision/i, desc: 'device state' },
  { topic: /(^|\/)countaggregation(\/|$)|myruledetector\/(counter|occupancy)/i, desc: 'counting' },
  { topic: /vehicledetector\/vehicle/i, itemName: /plate/i, desc: 'number plate' },
  // A parcel lies there for hours and would hold the motion alarm all that time.
  { topic: /useralarm\/illegalaccess|myruledetector\/package/i, desc: 'no alarm type for it' },
  { topic: /iva\/\w*(fire|smoke)|radiometry/i, desc: 'no alarm type for it' },
  // Boxes only, repeated; the state comes by ObjectDetection/Object.
  { topic: /(^|\/)objectdetector\/detection$/i, desc: 'boxes' },

  { topic: /myruledetector\/babycry/i, alarm: 'crying', desc: 'baby cry', ...explicit },
  { topic: /babycry/i, alarm: 'crying', desc: 'baby cry', ...unreliable },
  { topic: /audiodetector\/class$/i, alarm: 'sound', desc: 'sound', end: 'auto', read: 'sound-class' },
  { topic: /(^|\/)face|recognition\/face/i, alarm: 'face', desc: 'face', edge: true, ...explicit },
  { topic: /audio\/detectedsound/i, alarm: 'sound', desc: 'sound', ...unreliable },
  {
    topic: /^audioanalytics\/|audiosource\/(triggerlevel|audiodetection)/i,
    alarm: 'sound',
    desc: 'sound',
    ...explicit,
  },
  { topic: /(^|\/)audiodetect|sounddetect/i, alarm: 'sound', desc: 'sound', ...explicit },

  { topic: /(^|\/)fenceguard(\/|$)/i, alarm: 'tripwire', desc: 'line crossing', ...explicit },
  {
    topic: /linedetector\/cross|crosslinedetector|linecross|(^|\/)line\/crossed/i,
    alarm: 'tripwire',
    desc: 'line crossing',
    edge: true,
    ...unreliable,
  },

  { topic: /^device\/trigger\/(digitalinput|alarmin)/i, alarm: 'external', desc: 'alarm input', end: 'level' },
  { topic: /^useralarm\/alarmin/i, alarm: 'external', desc: 'alarm input', end: 'level' },
  { topic: /^device\/io\/(port|supervisedport|virtualinput)/i, alarm: 'external', desc: 'alarm input', end: 'level' },
  {
    topic: /\/visitor$|^device\/trigger\/callrequest/i,
    alarm: 'external',
    desc: 'doorbell',
    edge: true,
    holdMs: DOORBELL_HOLD_MS,
    ...unreliable,
  },
  {
    topic: /^videosource\/alarm$/i,
    itemValue: /^(ring|camerabellbutton)$/i,
    alarm: 'external',
    desc: 'doorbell',
    edge: true,
    ...unreliable,
  },

  { topic: /myruledetector\/(people|person|human)/i, alarm: 'motion', desc: 'person', ...explicit },
  { topic: /myruledetector\/vehicle/i, alarm: 'motion', desc: 'vehicle', ...explicit },
  { topic: /myruledetector\/(dogcat|pet|animal)/i, alarm: 'motion', desc: 'pet', ...explicit },
  { topic: /humanshapedetect|peopledetector\//i, alarm: 'motion', desc: 'person', ...unreliable },
  { topic: /celldetector\/people|cellmotiondetector\/people/i, alarm: 'motion', desc: 'person', ...unreliable },
  { topic: /vehiclealarm(\/|$)/i, alarm: 'motion', desc: 'vehicle', ...unreliable },
  { topic: /petdetector\//i, alarm: 'motion', desc: 'pet', ...unreliable },
  { topic: /tpsmartevent/i, alarm: 'motion', desc: 'smart event', ...unreliable },

  { topic: /objectsinside|loitering/i, alarm: 'motion', desc: 'intrusion', region: true, ...explicit },
  { topic: /intrusion/i, alarm: 'motion', desc: 'intrusion', region: true, ...unreliable },
  { topic: /regiondetector\/enter/i, alarm: 'motion', desc: 'region enter', region: true, ...explicit },
  { topic: /regiondetector\/leave/i, alarm: 'motion', desc: 'region leave', region: true, ...explicit },
  // Bosch puts the rule's name behind it; Hanwha says Field.
  {
    topic: /iva\/enteringfield|field\/(entered|exited)/i,
    alarm: 'motion',
    desc: 'intrusion',
    region: true,
    ...explicit,
  },
  { topic: /ruleengine\/objectdetection\/object/i, alarm: 'motion', desc: 'object', read: 'classes', ...explicit },

  {
    topic: /videosource\/motionalarm|videoanalytics\/motion(alarm|detection)/i,
    alarm: 'motion',
    desc: 'motion',
    ...explicit,
  },
  {
    topic: /(cellmotion|motionregion)detector\/motion|motiondetector\/detection/i,
    alarm: 'motion',
    desc: 'motion',
    ...explicit,
  },
  { topic: /^device\/trigger\/motiondetector|device\/sensor\/pir/i, alarm: 'motion', desc: 'motion', ...explicit },
  { topic: /(^|\/)(vmd\d*|motionguard|objectanalytics)(\/|$)/i, alarm: 'motion', desc: 'motion', ...explicit },
];

export interface ItemRow {
  readonly alarm: Alarm;
  readonly desc: string;
  /** Where the topic says nothing about it. */
  readonly end: EndMode;
  readonly region?: true;
}

/**
 * Items that name their own alarm, in lower case without blanks and underscores. TP-Link moves them from topic to topic
 * with each model, and one message may hold several: each is a state of its own.
 */
export const TYPED_ITEMS: ReadonlyMap<string, ItemRow> = new Map<string, ItemRow>([
  ['ismotion', { alarm: 'motion', desc: 'motion', ...explicit }],
  ['ispeople', { alarm: 'motion', desc: 'person', ...unreliable }],
  ['isperson', { alarm: 'motion', desc: 'person', ...unreliable }],
  ['ishuman', { alarm: 'motion', desc: 'person', ...unreliable }],
  ['isvehicle', { alarm: 'motion', desc: 'vehicle', ...unreliable }],
  ['ispet', { alarm: 'motion', desc: 'pet', ...unreliable }],
  ['istpsmartevent', { alarm: 'motion', desc: 'smart event', ...unreliable }],
  ['isinside', { alarm: 'motion', desc: 'intrusion', region: true, ...explicit }],
  ['isintrusion', { alarm: 'motion', desc: 'intrusion', region: true, ...unreliable }],
  ['isenterregion', { alarm: 'motion', desc: 'region enter', region: true, ...explicit }],
  ['isleaveregion', { alarm: 'motion', desc: 'region leave', region: true, ...explicit }],
  ['islinecross', { alarm: 'tripwire', desc: 'line crossing', ...unreliable }],
  ['istripwire', { alarm: 'tripwire', desc: 'line crossing', ...unreliable }],
  ['isface', { alarm: 'face', desc: 'face', ...explicit }],
  ['isfacedetect', { alarm: 'face', desc: 'face', ...explicit }],
  ['isfdalarm', { alarm: 'face', desc: 'face', ...explicit }],
  ['isbabycry', { alarm: 'crying', desc: 'baby cry', ...unreliable }],
  ['isbabycrying', { alarm: 'crying', desc: 'baby cry', ...unreliable }],
  ['issounddetected', { alarm: 'sound', desc: 'sound', ...unreliable }],
  ['isaudioanomaly', { alarm: 'sound', desc: 'sound', ...explicit }],
]);

/** State items that take their alarm from the topic, in the order in which they are looked for. */
export const STATE_ITEMS: readonly string[] = [
  'state',
  'logicalstate',
  'level',
  'active',
  'detected',
  'triggered',
  'isalarm',
  'alarm',
  'isactive',
  'motion',
  'audio',
  'crossed',
];

/**
 * A topic without what vendors decorate it with: blanks around it, a trailing `//.`, a prefix on any segment, Imou's
 * extra first segment, a misspelling that one firmware has.
 */
export function canonicalTopic(written: string): string {
  const segments = written
    .slice(0, LONGEST_TOPIC)
    .trim()
    .replace(/\/+\.?$/, '')
    .split('/')
    .map((segment) => segment.trim().replace(/^[^:]*:/, ''))
    .map((segment) => (/^videosoure$/i.test(segment) ? 'VideoSource' : segment));
  const doubled = /^videosource$/i.test(segments[0] ?? '') && /^device$/i.test(segments[1] ?? '');
  return (doubled ? segments.slice(1) : segments).join('/');
}

const LONGEST_TOPIC = 256;
