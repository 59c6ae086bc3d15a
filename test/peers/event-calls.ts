import type { TestContext } from 'node:test';
import type { EventCalls } from '../../src/onvif/events/calls.ts';
import { CameraHttp } from '../../src/onvif/http.ts';
import { contentType, envelope, type Operation, verdict } from '../../src/onvif/soap.ts';
import { usernameToken } from '../../src/onvif/username-token.ts';
import { unreachable } from '../../src/runtime/camera-unreachable.ts';
import { type Clock, withDeadline } from '../../src/runtime/clock.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { ADMIN } from './onvif-visit.ts';

const WSNT = 'http://docs.oasis-open.org/wsn/b-2';

/** Event calls to a camera at 127.0.0.1 with a login that needs no asking: a session without its caution. */
export function eventCalls(t: TestContext, clock: Clock): EventCalls {
  const http = new CameraHttp();
  t.after(() => http.close());
  return {
    clockOffsetMs: 0,
    async call(operation, { at, deadlineMs: ms = 8000 }, signal) {
      const { service, hear, ...rest } = operation;
      const asked: Operation<(typeof operation)['reply']['_output']> = { ...rest, service: 'events' };
      const text = envelope(asked, usernameToken(ADMIN, clock.wall()));
      const body = service === 'events' ? text : inNotification(text, operation.name);
      const request = {
        url: at ?? new URL('http://127.0.0.1'),
        headers: { 'Content-Type': contentType(asked) },
        body,
        maxBytes: 1_000_000,
      };
      const late = (): Error => unreachable('no answer');
      const reply = await withDeadline({ clock, ms, signal, late }, (scope) => http.post(() => request, scope));
      hear?.(reply.text);
      const said = verdict(asked, reply);
      if (said.type === 'answer') return said.answer;
      throw new GatewayError('camera-unauthorized', 'camera refuses the login');
    },
  };
}

function inNotification(text: string, name: string): string {
  return text.replaceAll(`tev:${name}`, `wsnt:${name}`).replace(' xmlns:tev=', ` xmlns:wsnt="${WSNT}" xmlns:tev=`);
}
