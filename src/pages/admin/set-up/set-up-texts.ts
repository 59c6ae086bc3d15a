import type { Texts } from '../../kit/words/language.ts';
import { wordsOf } from '../../kit/words/use-words.ts';

const SET_UP_TEXTS = {
  steps: ['Steps of the set-up', '设置步骤'],
  'step-password': ['Password', '密码'],
  'step-platform': ['Platform', '平台'],
  'step-cameras': ['Cameras', '摄像机'],
  welcome: ['Set up this box', '设置本设备'],
  'welcome-intro': ['Three steps, a few minutes. Nothing else is needed.', '三个步骤，只需几分钟，无需其他操作。'],
  code: ['Set-up code', '设置码'],
  'code-hint': [
    'It stands in the log of the box. On the box itself no code is needed.',
    '设置码在设备日志中。在设备本机上操作则不需要。',
  ],
  'code-intro': [
    'So that nobody else in the network sets up this box before you.',
    '防止网络中的其他人抢先设置本设备。',
  ],
  next: ['Next', '下一步'],
  back: ['Back', '上一步'],
  'password-title': ['A password for this page', '设置本页面的密码'],
  'password-intro': [
    'Whoever opens this page later needs it. Write it down.',
    '以后打开本页面时需要输入，请妥善记录。',
  ],
  password: ['Password', '密码'],
  'password-again': ['Once more', '再次输入'],
  'password-short': ['At least 8 characters', '至少 8 个字符'],
  'password-differs': ['The two are not the same', '两次输入不一致'],
  'platform-title': ['Connect to the platform', '连接平台'],
  'platform-intro': [
    'Address, login code and password come from whoever runs the platform.',
    '地址、登录码和密码由平台运营方提供。',
  ],
  'platform-finish': ['Save and go on', '保存并继续'],
  'cameras-title': ['Add the cameras', '添加摄像机'],
  'cameras-intro': [
    'These cameras answer in the network. Type the user name and password of the cameras once; each that accepts them shows its picture.',
    '以下是网络中找到的摄像机。输入一次摄像机的用户名和密码，登录成功的摄像机会显示画面。',
  ],
  done: ['Done', '完成'],
  'done-later': ['Go on without more cameras', '暂不添加，继续'],
} as const satisfies Texts;

export const useSetUpTexts = wordsOf(SET_UP_TEXTS);
