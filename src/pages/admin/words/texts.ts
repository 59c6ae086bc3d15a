import type { Texts } from '../../kit/words/language.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

/** What stands on several pages, and what has no table of its own. */
export const TEXTS = {
  navigation: ['Pages', '页面导航'],
  overview: ['Overview', '概览'],
  cameras: ['Cameras', '摄像机'],
  platform: ['Platform', '平台'],
  settings: ['Settings', '设置'],
  system: ['System', '系统'],

  'sign-in': ['Sign in', '登录'],
  'sign-out': ['Sign out', '退出登录'],
  password: ['Password', '密码'],
  'password-lost': [
    'Lost? Whoever has access to the box can set web.password in its configuration file.',
    '忘记密码？可在设备的配置文件中设置 web.password。',
  ],
  'box-silent': ['The box does not answer', '设备没有响应'],
  'box-silent-advice': [
    'What you see may be old. Trying again by itself; check that this device is in the same network.',
    '当前显示的内容可能已过时。系统会自动重试；请确认本机与设备在同一网络中。',
  ],

  save: ['Save', '保存'],
  saved: ['Saved', '已保存'],
  remove: ['Remove', '移除'],

  'channel-number': ['Channel {channel}', '通道 {channel}'],
  'camera-online': ['Online', '在线'],
  'camera-offline': ['Offline', '离线'],
  'camera-unknown': ['Looking…', '正在查找…'],
  live: ['Live', '直播中'],
  recording: ['Recording', '录像中'],
  'live-stuck': ['Live: no picture', '直播：无画面'],
  'recording-stuck': ['Recording: stands still', '录像：停滞'],
  'picture-of': ['Picture of {name}', '{name} 的画面'],
  'picture-none': ['No picture yet', '暂无画面'],

  since: ['since {time}', '自 {time}'],
  'next-try': ['next try {time}', '下次重试：{time}'],
  detail: ['Detail', '详情'],
  'set-login': ['Set the login', '设置登录'],
  'file-line': ['Line {line}', '第 {line} 行'],
  'file-place': ['Line {line}, column {column}', '第 {line} 行第 {column} 列'],

  'link-up': ['Connected to the platform', '已连接平台'],
  'link-down': ['Not connected to the platform', '未连接平台'],
  'link-dialling': ['Connecting to the platform…', '正在连接平台…'],
  'link-none': ['No platform is set', '尚未设置平台'],
  'link-up-since': ['connected since {date} ({span})', '连接时间：{date}（{span}）'],
  'link-keepalive': ['last answer {time}, after {ms} ms', '最近应答：{time}，往返 {ms} 毫秒'],
  'backlog-waiting': [
    'Waiting for the platform: {segments} recording parts ({size}), {alarms} alarms',
    '等待上传：{segments} 段录像（{size}），{alarms} 条报警',
  ],
  'cameras-online': ['{online} of {all} cameras online', '{all} 台摄像机中 {online} 台在线'],
  'no-channels': ['No cameras yet.', '还没有摄像机。'],
  'add-cameras': ['Add cameras', '添加摄像机'],
  'undo-platform': ['Go back to the old platform settings', '恢复旧的平台设置'],
  undone: ['The old settings are back', '已恢复旧设置'],

  'alarm-external': ['Alarm input', '报警输入'],
  'alarm-motion': ['Motion', '移动侦测'],
  'alarm-tripwire': ['Line crossed', '越线'],
  'alarm-crying': ['Crying', '哭声'],
  'alarm-face': ['Face', '人脸'],
  'alarm-sound': ['Sound', '声音'],
} as const satisfies Texts;

export const useTexts = wordsOf(TEXTS);
