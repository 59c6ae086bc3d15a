import type { Texts } from '../../kit/words/language.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

const PLATFORM_TEXTS = {
  host: ['Address of the platform', '平台地址'],
  'host-hint': ['A name or an IP address, as the operator gave it', '平台运营方提供的域名或 IP 地址'],
  'host-missing': ['Type the platform’s address', '请输入平台地址'],
  'host-wrong': ['This is no name and no IP address', '不是有效的域名或 IP 地址'],
  port: ['Port', '端口'],
  'port-hint': ['Empty: the usual one', '留空则使用默认端口'],
  'port-wrong': ['A number from 1 to 65535', '请输入 1 到 65535 的数字'],
  path: ['Path of the address', '地址路径'],
  encrypted: ['Encrypted (TLS)', '加密连接（TLS）'],
  'login-code': ['Login code', '登录码'],
  'login-code-hint': ['The device id that the platform gave to this box', '平台分配给本设备的编号'],
  'login-code-missing': ['Type the login code', '请输入登录码'],
  'login-password': ['Login password', '登录密码'],
  'login-password-kept': ['Empty: the one in use is kept', '留空则保留当前密码'],
  'login-password-again': ['Another address: type the password again', '地址已更改，请重新输入密码'],
  'login-password-missing': ['Type the login password', '请输入登录密码'],
  test: ['Test', '测试'],
  'test-ok': ['The platform accepts this login', '平台接受该登录'],
  'test-login-refused': ['The platform refuses this login code or password', '平台拒绝该登录码或密码'],
  'test-unreachable': [
    'Nothing answers at this address. Check address, port and the network',
    '该地址没有响应，请检查地址、端口和网络',
  ],
  'test-unknown-name': [
    'This name is not known. Check its spelling, and the box’s name service (DNS)',
    '找不到该域名，请检查拼写以及本设备的 DNS 设置',
  ],
  'test-no-tls': [
    'Something answers there, but not encrypted. Check the port, or untick “Encrypted”',
    '该地址有响应，但不支持加密连接。请检查端口，或取消“加密连接”',
  ],
  'test-bad-certificate': [
    'The platform’s certificate is not trusted. Check address and clock, or give its CA in platform.ca_file',
    '平台的证书不受信任。请检查地址和时间，或在 platform.ca_file 中指定 CA 证书',
  ],
  'test-no-platform': [
    'Something answers there, but it is no platform of this kind. Check address, port and “Encrypted”',
    '该地址有响应，但不是平台服务。请检查地址、端口和“加密连接”选项',
  ],
  'test-bad-address': ['This address is not understood', '无法识别该地址'],
  'test-failed': ['The test did not work', '测试失败'],
  intro: [
    'The platform is where the pictures of this site can be seen. Changes take effect at once; the connection is made anew.',
    '平台用于远程查看本现场的画面。修改立即生效，并会重新建立连接。',
  ],
} as const satisfies Texts;

export const usePlatformTexts = wordsOf(PLATFORM_TEXTS);
