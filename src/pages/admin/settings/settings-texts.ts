import type { Texts } from '../../kit/words/language.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

/** What the forms say themselves; the keys have their names in the tables beside. */
const SETTINGS_TEXTS = {
  intro: [
    'Changes apply at once. They are written into {file}, whose comments stay.',
    '修改立即生效，并写入 {file}，文件中的注释会保留。',
  ],
  default: ['Default: {value}', '默认值：{value}'],
  'secret-set': ['A password is set. Empty: it stays.', '已设置密码。留空则保持不变。'],
  'secret-unset': ['None is set.', '尚未设置。'],
  unchanged: ['Nothing changed', '没有修改'],
  'save-count': ['Save ({count})', '保存（{count}）'],
  'not-a-number': ['A number, please', '请输入数字'],
  'too-small': ['Too small: {least} at least', '过小：不能小于 {least}'],
  'too-large': ['Too large: {most} at most', '过大：不能大于 {most}'],
  'wrong-form': ['This is not in the right form', '格式不正确'],
  'not-json': ['This cannot be read', '无法解析'],
  refused: ['Not accepted: {why}', '不被接受：{why}'],
  'in-file-only': ['Only changed in the file itself', '只能在文件中修改'],
  'one-a-line': ['One a line', '每行一个'],

  'section-general': ['General', '常规'],
  'section-platform': ['Platform', '平台'],
  'section-discovery': ['Search for cameras', '搜索摄像机'],
  'section-ffmpeg': ['Conversion', '转码'],
  'section-recording': ['Recording', '录像'],
  'section-events': ['Events of cameras', '摄像机事件'],
  'section-alarms': ['Alarms', '报警'],
  'section-web': ['This page', '本页面'],
  'section-device': ['The box', '设备'],
  'section-upgrade': ['Upgrades', '升级'],
  'section-log': ['Log', '日志'],
  'section-onvif': ['Connection (ONVIF)', '连接（ONVIF）'],
  'section-rtsp': ['Connection (RTSP)', '连接（RTSP）'],
  'section-live': ['Live video', '实时视频'],
  'section-record': ['Recording', '录像'],
  'section-ptz': ['Moving (PTZ)', '云台（PTZ）'],

  logins: ['Logins for new cameras', '新摄像机的登录'],
  'logins-hint': ['Tried in turn, once each, on a camera that has none.', '对没有登录信息的摄像机依次各尝试一次。'],
  'login-add': ['Add a login', '添加登录'],
  'login-remove': ['Remove the login {name}', '移除登录 {name}'],
  'login-none': ['None', '无'],
} as const satisfies Texts;

export const useSettingsTexts = wordsOf(SETTINGS_TEXTS);
