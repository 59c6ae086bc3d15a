import type { Texts } from '../../kit/words/language.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

/** The name of each key of the configuration; a key with `?` behind it is the hint beside the field. */
export const KEY_TEXTS = {
  'platform.url': ['Address', '地址'],
  'platform.login_code': ['Login code', '登录码'],
  'platform.login_password': ['Login password', '登录密码'],
  'platform.login_password_file': ['File that holds the login password', '登录密码文件'],
  'platform.login_password_file?': ['In place of the password', '代替直接填写密码'],
  'platform.hardware_model': ['Model told to the platform', '上报平台的型号'],
  'platform.ca_file': ['Certificate authority (PEM file)', 'CA 证书（PEM 文件）'],
  'platform.ca_file?': ['Only for a platform with its own authority', '仅用于使用自建 CA 的平台'],
  state_dir: ['State directory', '状态目录'],
  'state_dir?': ['Where the box keeps what must survive a restart', '保存重启后仍需数据的目录'],
  'discovery.enabled': ['Search the network for cameras', '在网络中搜索摄像机'],
  'discovery.interval': ['Seconds between two searches', '搜索间隔（秒）'],
  'discovery.interfaces': ['Network cards to search', '要搜索的网卡'],
  'discovery.interfaces?': ['By name or address. Empty: all', '名称或地址。留空则全部'],
  'discovery.port': ['UDP port of the search', '搜索的 UDP 端口'],
  'discovery.auto_map': ['Number new cameras by itself', '自动为新摄像机编号'],
  'discovery.auto_map?': [
    'A new camera gets the lowest free channel number, for ever',
    '新摄像机获得最小的空闲通道编号，永久有效',
  ],
  'ffmpeg.path': ['Program', '程序'],
  'ffmpeg.max_transcodes': ['Conversions at once, at most', '同时转码的最大数量'],
  'ffmpeg.max_transcodes?': ['Empty: half the processor cores', '留空则为处理器核心数的一半'],
  'recording.spool_max_bytes': ['Disk space for recordings that wait (bytes)', '等待上传的录像最大占用（字节）'],
  'recording.spool_max_age': ['Longest wait of a recording (seconds)', '录像最长等待时间（秒）'],
  'events.webhook': ['Let cameras call the box', '允许摄像机主动推送'],
  'events.webhook?': ['For those that cannot be asked for their alarms', '用于无法查询报警的摄像机'],
  'events.webhook_listen': ['Where they call', '推送接收地址'],
  'events.webhook_listen?': ['With port 0 the box chooses one', '端口 0 表示任意空闲端口'],
  'alarms.picture_upload': ['How pictures are uploaded', '图片上传方式'],
  'alarms.picture_upload?': ['POST is usual; ask the platform', '通常为 POST，请咨询平台'],
  'web.listen': ['Address and port of this page', '本页面的地址和端口'],
  'web.listen?': [
    'The page moves there at once. Anything but 127.0.0.1 needs a password',
    '页面会立即切换。除 127.0.0.1 外都需要密码',
  ],
  'web.password': ['Password of this page', '本页面的密码'],
  'web.password_file': ['File that holds the password', '密码文件'],
  'web.token': ['Token for scripts', '脚本访问令牌'],
  'web.token_file': ['File that holds the token', '令牌文件'],
  'web.tls_cert_file': ['Certificate for HTTPS (PEM file)', 'HTTPS 证书（PEM 文件）'],
  'web.tls_key_file': ['Key for HTTPS (PEM file)', 'HTTPS 私钥（PEM 文件）'],
  'web.hosts': ['Names by which this page may be opened', '允许访问本页面的主机名'],
  'device.reboot_command': ['Program that reboots the box', '重启设备的程序'],
  'device.reboot_command?': [
    'Program and arguments. Empty: only the gateway starts anew',
    '程序及参数。留空则仅重启网关',
  ],
  'device.set_clock': ['Let the platform set the clock', '允许平台校准时钟'],
  'device.set_clock?': ['Unless a time server keeps it', '时间服务器已同步时除外'],
  'log.level': ['How much is logged', '日志级别'],
} as const satisfies Texts;

export const useKeyTexts = wordsOf(KEY_TEXTS);
