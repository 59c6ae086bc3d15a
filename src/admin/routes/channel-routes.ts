import {
  cameraAnswer,
  camerasAnswer,
  channelAnswer,
  channelChange,
  done,
  newChannel,
  presets,
  ptzRequest,
  renumberRequest,
  tryAnswer,
  tryRequest,
} from '../api.ts';
import { pageOf, type Route, route } from '../route.ts';
import { picture } from './watching-routes.ts';

/** One channel: its picture, its camera, and its part of the configuration. */
export const CHANNEL_ROUTES: readonly Route[] = [
  route({
    method: 'get',
    path: '/api/channels/{channel}/picture',
    who: 'owner',
    does: 'A picture of now, at most two seconds old',
    answer: 'image/jpeg',
    serve: async ({ house, number, signal }) =>
      picture(await house.orders.picture(number('channel'), signal), 'no-store'),
  }),
  route({
    method: 'get',
    path: '/api/channels/{channel}/live.flv',
    who: 'owner',
    does: 'Live view as FLV, from the last key frame on',
    answer: 'video/x-flv',
    serve: async ({ house, number, signal }) => {
      const stream = await house.orders.live(number('channel'), signal);
      return new Response(stream, { headers: { 'content-type': 'video/x-flv', 'cache-control': 'no-store' } });
    },
  }),
  route({
    method: 'post',
    path: '/api/channels/{channel}/ptz',
    who: 'owner',
    does: 'Moves the camera. A move that is not confirmed within three seconds, and one whose visitor is gone, stops',
    body: ptzRequest,
    answer: done,
    serve: ({ house, number, body, visitor }) => {
      house.orders.ptz(number('channel'), body, pageOf(visitor, body.page));
      return { ok: true };
    },
  }),
  route({
    method: 'get',
    path: '/api/channels/{channel}/presets',
    who: 'owner',
    does: 'The presets of the camera, by id',
    answer: presets,
    serve: ({ house, number, signal }) => house.orders.presets(number('channel'), signal),
  }),
  route({
    method: 'get',
    path: '/api/channels/{channel}/camera',
    who: 'owner',
    does: 'What the camera says of itself: profiles, codecs, services',
    answer: cameraAnswer,
    serve: ({ house, number, signal }) => house.orders.camera(number('channel'), signal),
  }),
  route({
    method: 'post',
    path: '/api/channels',
    who: 'owner',
    does: 'Makes a channel of a camera',
    body: newChannel,
    answer: channelAnswer,
    serve: async ({ house, body }) => ({ channel: await house.editing.addChannel(body) }),
  }),
  route({
    method: 'patch',
    path: '/api/channels/{channel}',
    who: 'owner',
    does: 'Changes what is given',
    body: channelChange,
    answer: done,
    serve: async ({ house, number, body }) => {
      await house.editing.changeChannel(number('channel'), body);
      return { ok: true };
    },
  }),
  route({
    method: 'post',
    path: '/api/channels/{channel}/keep',
    who: 'owner',
    does: 'Writes a channel that auto_map has made into the configuration, so that it can be changed',
    answer: done,
    serve: async ({ house, number }) => {
      await house.editing.keepChannel(number('channel'));
      return { ok: true };
    },
  }),
  route({
    method: 'post',
    path: '/api/channels/{channel}/number',
    who: 'owner',
    does: 'Gives the camera another number: to the platform one channel goes and another comes',
    body: renumberRequest,
    answer: channelAnswer,
    serve: async ({ house, number, body }) => {
      await house.editing.renumber(number('channel'), body.channel);
      return body;
    },
  }),
  route({
    method: 'delete',
    path: '/api/channels/{channel}',
    who: 'owner',
    does: 'Takes the channel out of the configuration',
    answer: done,
    serve: async ({ house, number }) => {
      await house.editing.removeChannel(number('channel'));
      return { ok: true };
    },
  }),
  route({
    method: 'get',
    path: '/api/cameras',
    who: 'owner',
    does: 'Cameras that the last scans have found, and which channel each has',
    answer: camerasAnswer,
    serve: ({ house }) => house.search.found(),
  }),
  route({
    method: 'post',
    path: '/api/cameras/scan',
    who: 'owner',
    does: 'Searches the network now; answers when that is done',
    answer: camerasAnswer,
    serve: ({ house, signal }) => house.search.scan(signal),
  }),
  route({
    method: 'post',
    path: '/api/cameras/try',
    who: 'owner',
    does: 'One look at a camera with a login',
    body: tryRequest,
    answer: tryAnswer,
    serve: ({ house, body, signal }) => house.search.try(body, signal),
  }),
];
