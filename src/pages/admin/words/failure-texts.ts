import type { ErrorKind } from '../../../admin/api.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

/** What a person is told of each kind of error of the API. */
const FAILURE_TEXTS = {
  'not-found': ['That is no longer there. Load the page again.', '该内容已不存在，请刷新页面。'],
  'bad-request': ['The box did not understand that. Check what you typed.', '设备无法理解该请求，请检查输入内容。'],
  'wrong-method': ['The box did not understand that. Load the page again.', '设备无法理解该请求，请刷新页面。'],
  'too-large': ['That is too large.', '内容过大。'],
  'signed-out': ['You are signed out. Sign in again.', '您已退出登录，请重新登录。'],
  'wrong-password': ['Wrong. Check capital letters and try again.', '不正确。请检查大小写后重试。'],
  'wrong-code': [
    'That is not the code. It stands in the log of the gateway, and the installer has printed it.',
    '设置码不正确。设置码在网关日志中，安装程序也会显示。',
  ],
  'slow-down': ['Too many tries. Wait {seconds} s, then try again.', '尝试次数过多。请等待 {seconds} 秒后重试。'],
  'cross-site': ['Refused: the request came from another page.', '已拒绝：请求来自其他页面。'],
  'wrong-host': ['Open this page by the IP address of the box.', '请通过设备的 IP 地址打开本页面。'],
  'set-up-first': ['The box has to be set up first.', '请先完成设备的初始设置。'],
  'set-up-over': ['The box is set up already. Load the page again.', '设备已完成设置，请刷新页面。'],
  'configuration-refused': ['Not saved. Mend what is marked.', '未保存。请修正标出的内容。'],
  'configuration-unwritable': [
    'Not saved: the box cannot write its configuration file. See the system page.',
    '未保存：设备无法写入配置文件，详见系统页面。',
  ],
  'nothing-to-undo': ['There is nothing to go back to.', '没有可恢复的旧设置。'],
  'no-such-channel': ['There is no such channel.', '没有该通道。'],
  'channel-taken': ['Another camera has this number.', '该编号已被其他摄像机使用。'],
  'channel-offline': ['The camera is offline.', '摄像机离线。'],
  unsupported: ['This camera cannot do that.', '该摄像机不支持此操作。'],
  'camera-unreachable': ['The camera does not answer.', '摄像机没有响应。'],
  'camera-unauthorized': ['The camera refuses its user name and password.', '摄像机拒绝了用户名和密码。'],
  'camera-fault': ['The camera answered with an error.', '摄像机返回了错误。'],
  'no-picture': ['The camera gave no picture.', '摄像机没有提供画面。'],
  'timed-out': ['That took too long. Try again.', '操作超时，请重试。'],
  busy: ['The box is busy with the same already. Try again in a moment.', '设备正在执行相同操作，请稍后重试。'],
  failed: ['That did not work. The log on the system page says more.', '操作失败，详情见系统页面的日志。'],
} as const satisfies Readonly<Record<ErrorKind, readonly [en: string, zh: string]>>;

export const useFailureTexts = wordsOf(FAILURE_TEXTS);
