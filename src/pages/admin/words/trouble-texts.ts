import type { Advice, NoteKind, TroubleKind } from '../../../admin/api.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

type Row = readonly [en: string, zh: string];

/** What is wrong, in the words of an installer. */
const TROUBLE_TEXTS = {
  'camera-unreachable': ['Camera does not answer', '摄像机没有响应'],
  'camera-unauthorized': ['Camera refuses the password', '摄像机拒绝密码'],
  'other-camera': ['Another camera answers at this address', '该地址上是另一台摄像机'],
  'not-onvif': ['This device does not speak ONVIF', '该设备不支持 ONVIF'],
  'no-usable-profile': ['Camera offers no usable stream', '摄像机没有可用的码流'],
  'camera-fault': ['Camera answers with an error', '摄像机返回错误'],
  'stream-failed': ['The video stream breaks off', '视频流中断'],
  'transcode-refused': ['This box cannot convert more H.265 streams', '设备无法再转换更多 H.265 码流'],
  'publish-refused': ['The platform refuses the live video', '平台拒绝实时视频'],
  'publish-failed': ['Live video does not reach the platform', '实时视频无法送达平台'],
  'recording-stalled': ['Recording stands still', '录像停滞'],
  'uploads-waiting': ['Recordings wait to be uploaded', '录像等待上传'],
  'segments-lost': ['Parts of a recording were lost', '部分录像已丢失'],
  'events-silent': ['Camera has stopped telling alarms', '摄像机不再上报报警'],
  'configuration-refused': ['The configuration file has mistakes', '配置文件有错误'],
  'new-platform-silent': ['The new platform settings do not log in', '新的平台设置无法登录'],
  'login-refused': ['The platform refuses login code or password', '平台拒绝登录码或密码'],
  'link-lost': ['No connection to the platform', '与平台的连接已断开'],
  'protocol-broken': ['The platform sends what cannot be understood', '平台发来无法识别的内容'],
  'need-missing': ['Something this box needs is missing', '设备缺少必需的组件'],
  'disk-fails': ['The disk takes no data', '磁盘无法写入'],
  'time-untrusted': ['The clock of this box may be wrong', '设备时钟可能不准'],
  'under-voltage': ['The power supply is too weak', '电源供电不足'],
  'upgrade-failed': ['An upgrade from the platform did not come about', '平台下发的升级未成功'],
  unexpected: ['Something unexpected happened', '发生意外错误'],
} as const satisfies Readonly<Record<TroubleKind, Row>>;

/** What to do about it. */
const ADVICE_TEXTS = {
  wait: ['Nothing to do: it is tried again by itself.', '无需操作：系统会自动重试。'],
  'check-camera-power-and-network': [
    'Check the power and the network cable of the camera.',
    '请检查摄像机的电源和网线。',
  ],
  'set-camera-login': ['Set the camera’s user name and password.', '请设置摄像机的用户名和密码。'],
  'confirm-camera-replaced': [
    'If you replaced the camera: remove the channel and add the new camera under its number.',
    '如果更换了摄像机：请移除该通道，再以原编号添加新摄像机。',
  ],
  'add-as-rtsp': ['Remove it and add it with its RTSP address.', '请移除后用 RTSP 地址重新添加。'],
  'choose-another-profile': [
    'Choose another stream in the settings of this channel.',
    '请在该通道的设置中选择其他码流。',
  ],
  'restart-camera': ['Take the camera off power for ten seconds.', '请将摄像机断电十秒。'],
  'set-camera-to-h264': ['Set the camera to H.264 on its own page.', '请在摄像机自身页面将编码设为 H.264。'],
  'ask-platform': ['Ask the operator of the platform.', '请联系平台运营方。'],
  'check-uplink': ['Check the internet connection of this site.', '请检查现场的互联网连接。'],
  'check-platform-login': ['Compare login code and password with the platform’s.', '请与平台核对登录码和密码。'],
  'check-platform-address': ['Check the address of the platform.', '请检查平台地址。'],
  'mend-configuration': [
    'Mend the file; the old settings stay in use until then.',
    '请修正文件；在此之前继续使用旧设置。',
  ],
  'go-back-to-old-platform': ['Correct them, or go back to the old ones.', '请更正，或恢复旧设置。'],
  'install-ffmpeg': ['Install ffmpeg 5 or newer on this box.', '请在设备上安装 ffmpeg 5 或更高版本。'],
  'make-state-directory-writable': ['Make the state directory writable for the gateway.', '请让网关可以写入状态目录。'],
  'free-disk-space': ['Free space on the disk of this box.', '请清理设备的磁盘空间。'],
  'set-clock': ['Let the box reach a time server, or set its clock.', '请让设备能连接时间服务器，或校准其时钟。'],
  'check-upgrade': [
    'The old release runs on. Have the platform send another one, or add its key to upgrade.keys.',
    '设备保持原版本。请平台重新下发升级包，或在 upgrade.keys 中加入其公钥。',
  ],
  'use-better-power-supply': ['Use the power supply made for this box.', '请使用设备配套的电源。'],
  'send-support-bundle': ['Download the support bundle and send it to support.', '请下载支持包并发送给技术支持。'],
} as const satisfies Readonly<Record<Advice, Row>>;

/** What is worth knowing and no trouble. */
const NOTE_TEXTS = {
  transcoding: ['Sends H.265 or MJPEG: converted for live view', '发送 H.265 或 MJPEG：实时视频已转码'],
  standby: ['Stream kept open, live starts at once', '码流常开，直播立即开始'],
  discovered: ['Found and numbered by itself', '自动发现并编号'],
  'no-events': ['Tells no alarms', '不上报报警'],
  'no-sound': ['No sound', '没有声音'],
  'clock-off': ['The camera’s clock is wrong', '摄像机时钟不准'],
  'stream-without-login': ['Gives its stream to anyone without a password', '码流无需密码即可访问'],
  'maybe-inverted': ['An alarm of this camera seems to be the wrong way round', '该摄像机有报警疑似开关相反'],
  'uploads-paused': ['Uploads pause until the way is free', '上传暂停，等待网络畅通'],
} as const satisfies Readonly<Record<NoteKind, Row>>;

export const useTroubleTexts = wordsOf(TROUBLE_TEXTS);
export const useAdviceTexts = wordsOf(ADVICE_TEXTS);
export const useNoteTexts = wordsOf(NOTE_TEXTS);
