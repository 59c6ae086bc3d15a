import type { Texts } from './language.ts';
import { wordsOf } from './use-words.ts';

/** What the components themselves say, on whichever page they stand. */
const KIT_TEXTS = {
  close: ['Close', '关闭'],
  cancel: ['Cancel', '取消'],
  dismiss: ['Dismiss', '知道了'],
  language: ['Language', '语言'],
  'skip-to-content': ['Skip to content', '跳到正文'],
  'show-password': ['Show password', '显示密码'],
  'hide-password': ['Hide password', '隐藏密码'],
  'no-answer': ['The box does not answer. Check the network, then try again.', '设备没有响应。请检查网络后重试。'],
  'plot-empty': ['Nothing yet', '暂无数据'],
  'plot-summary': ['{label}: now {now}, highest {highest}', '{label}：当前 {now}，最高 {highest}'],
  'live-starting': ['Opening the stream…', '正在打开视频…'],
  'live-retrying': ['No picture. Trying again…', '没有画面，正在重试…'],
  'live-unsupported': ['This browser cannot play live video.', '此浏览器无法播放实时视频。'],
  'live-codec': ['This browser cannot play {codec}.', '此浏览器无法播放 {codec}。'],
  sound: ['Sound', '声音'],
  'full-screen': ['Full screen', '全屏'],
  'just-now': ['just now', '刚刚'],
} as const satisfies Texts;

export const useKitWords = wordsOf(KIT_TEXTS);
