import type { Texts } from '../kit/words/language.ts';
import { wordsOf } from '../kit/words/use-words.ts';

/** What each rule says and how it is tried, by its id. The English is the simulator's own; a test compares them. */
const RULE_TEXTS = {
  'unknown-method': ['A method that the device does not know is answered with err 101', '对未知方法应答 err 101'],
  'unknown-method/tried': ['NoSuchMethod is asked', '请求 NoSuchMethod'],
  'answer-order': [
    'Requests are answered in the order in which they came, each with its seq',
    '按到达顺序应答请求，每个应答携带对应的 seq',
  ],
  'answer-order/tried': ['20 requests are sent at once', '一次发送 20 个请求'],
  'unknown-event': ['An event that the device does not know is ignored', '忽略未知事件'],
  'unknown-event/tried': ['NoSuchEvent is sent, then a request', '发送 NoSuchEvent，然后发送一个请求'],
  'event-unanswered': ['An event is never answered', '事件从不应答'],
  'event-unanswered/tried': [
    'CtrlPTZ stop is sent as an event, then a request',
    '以事件发送 CtrlPTZ stop，然后发送一个请求',
  ],
  'event-bad': ['An event with bad values is ignored', '忽略参数错误的事件'],
  'event-bad/tried': [
    'CtrlPTZ with an op that nobody knows, then a request',
    '发送 op 未知的 CtrlPTZ，然后发送一个请求',
  ],
  'extra-fields': ['Fields that the contract does not name are ignored', '忽略协议中没有的字段'],
  'extra-fields/tried': ['QueryTime is asked with a parameter that nobody knows', 'QueryTime 带一个未知参数'],
  'unknown-channel': ['A channel that the device does not have is answered with err 102', '对不存在的通道应答 err 102'],
  'unknown-channel/tried': ['RTMPPublish for channel 9999', '对通道 9999 发送 RTMPPublish'],
  'bad-parameter': ['Bad parameters of a known method are answered with err 12', '已知方法的参数错误时应答 err 12'],
  'bad-parameter/tried': ['RTMPPublish without url', 'RTMPPublish 缺少 url'],
  'query-time': ['QueryTime tells the local time without a zone', 'QueryTime 返回不带时区的本地时间'],
  'query-time/tried': ['it is asked without params', '不带 params 请求'],
  'sync-time': [
    'SyncTime is answered; nothing changes when the clock is within offset',
    '应答 SyncTime；误差在 offset 之内时不调整时钟',
  ],
  'sync-time/tried': [
    'the device is told its own time, with an offset of a day',
    '告知设备它自己的时间，offset 为一天',
  ],
  'preset-list': ['Presets are a list of ids of 0 to 255', '预置位列表的 id 为 0 到 255'],
  'preset-list/tried': ['the list is asked for', '查询列表'],
  'net-config': ['GetNetConfig tells the addresses of a channel', 'GetNetConfig 返回通道的网络地址'],
  'net-config/tried': ['it is asked', '发送请求'],
  snapshot: ['Snapshot uploads a fresh JPEG to the address', 'Snapshot 把新抓的 JPEG 上传到指定地址'],
  'snapshot/tried': ['it is asked with an address of the simulator', '使用模拟平台的地址请求'],
  publish: [
    'RTMPPublish is answered once the RTMP server has accepted the stream and its first key frame was sent',
    'RTMP 服务器接受推流并发出首个关键帧之后才应答 RTMPPublish',
  ],
  'publish/tried': ['the channel is published to the simulator', '向模拟平台推流'],
  'publish-told': [
    'Keepalive says state 2 and the stream_id while live, and state 1 afterwards',
    '推流期间心跳上报状态 2 和 stream_id，之后为状态 1',
  ],
  'publish-told/tried': ['publish, wait for a Keepalive, stop, wait for a Keepalive', '推流、等待心跳、停止、等待心跳'],
  'publish-again': [
    'The same stream_id again is answered at once, and the stream goes on',
    '相同的 stream_id 立即应答，推流继续',
  ],
  'publish-again/tried': ['RTMPPublish twice', '发送两次 RTMPPublish'],
  'publish-replaced': ['Another stream_id replaces the running stream', '不同的 stream_id 替换正在进行的推流'],
  'publish-replaced/tried': ['two publishes of one channel', '对同一通道推流两次'],
  'publish-resumed': [
    'A stream that breaks off is published again with the same stream_id',
    '推流中断后以相同的 stream_id 恢复',
  ],
  'publish-resumed/tried': ['the RTMP connection is cut off; 30 s at most', '切断 RTMP 连接；最多 30 秒'],
  'publish-limit': ['A stream above max_bitrate is refused with err 11', '超过 max_bitrate 的流以 err 11 拒绝'],
  'publish-limit/tried': ['RTMPPublish with a limit of 1 kbit/s', 'RTMPPublish 限制为 1 kbit/s'],
  'publish-address': ['An address that is not RTMP is refused with err 12', '非 RTMP 地址以 err 12 拒绝'],
  'publish-address/tried': ['RTMPPublish to an http address', 'RTMPPublish 使用 http 地址'],
  'publish-refused': [
    'A stream that the RTMP server refuses is answered with an error',
    'RTMP 服务器拒绝推流时应答错误',
  ],
  'publish-refused/tried': ['the simulator’s RTMP server refuses', '模拟平台的 RTMP 服务器拒绝'],
  'publish-stop': [
    'RTMPStopPublish ends the stream, and is answered {} also when there is none',
    'RTMPStopPublish 结束推流；没有推流时也应答 {}',
  ],
  'publish-stop/tried': ['stopped twice', '停止两次'],
  record: [
    'A recording is uploaded in order, without gaps, each segment asked for and confirmed as the dialogue wants it',
    '录像按顺序、无间断上传，每个分片按对话要求申请并确认',
  ],
  'record/tried': [
    'segments of 2 s until two are stored, then StopCloudRecord',
    '每片 2 秒，存入两片后 StopCloudRecord',
  ],
  'record-told': ['Keepalive tells the record_session while it runs', '录像期间心跳上报 record_session'],
  'record-told/tried': ['start, wait for a Keepalive, stop, wait for a Keepalive', '开始、等待心跳、停止、等待心跳'],
  'record-again': [
    'The same session_id again, and a stop of a session that is over, are answered {}',
    '相同的 session_id 再次启动，以及停止已结束的会话，都应答 {}',
  ],
  'record-again/tried': ['started twice, stopped twice', '启动两次，停止两次'],
  'record-pause': [
    'A recorder that is given no address waits, and uploads what it kept once it gets one',
    '没有得到上传地址时等待，得到后上传所保留的内容',
  ],
  'record-pause/tried': [
    'create is answered without an address twice, then with one',
    'create 两次不给地址，然后给出地址',
  ],
  'login-models': ['The login tells hardware and firmware model', '登录时携带硬件型号和固件版本'],
  'login-models/tried': ['looked up in the login', '查看登录信息'],
  reconnects: [
    'A link that breaks is up again before the device counts as offline (30 s)',
    '连接中断后，在被视为离线（30 秒）之前恢复',
  ],
  'reconnects/tried': ['the connection is cut off', '切断连接'],
  'keepalive-first': ['The first Keepalive follows the login at once', '登录后立即发送首个心跳'],
  'keepalive-first/tried': [
    'the time between the last login and the Keepalive after it; 3 s at most',
    '最近一次登录到其后心跳的时间；最多 3 秒',
  ],
  'keepalive-content': [
    'Keepalive tells the state of the device and of each channel, in the numbers of the contract',
    '心跳按协议的数值上报设备和各通道的状态',
  ],
  'keepalive-content/tried': ['the latest one is checked', '检查最近一次心跳'],
  'keepalive-period': ['Keepalive comes every 10 s', '每 10 秒一次心跳'],
  'keepalive-period/tried': [
    'they are watched for 20 s; no pause may be longer than 12 s',
    '观察 20 秒；间隔不得超过 12 秒',
  ],
  directions: ['Answers do not wait for requests of the other direction', '应答不等待另一方向的请求'],
  'directions/tried': ['QueryTime is asked while a Keepalive waits for its answer', '心跳等待应答期间请求 QueryTime'],
  'malformed-json': ['A packet that is no JSON closes the link', '收到非 JSON 的数据包时关闭连接'],
  'malformed-json/tried': ['half an object is sent', '发送半个对象'],
  'malformed-kind': [
    'A packet without req, event, resp and err closes the link',
    '收到没有 req、event、resp、err 的数据包时关闭连接',
  ],
  'malformed-kind/tried': ['an object with nothing but a seq is sent', '发送只有 seq 的对象'],
  'malformed-binary': ['A message that is not text closes the link', '收到非文本消息时关闭连接'],
  'malformed-binary/tried': ['a binary message is sent', '发送二进制消息'],
  'foreign-seq': [
    'An answer with another seq than the one expected closes the link',
    '应答的 seq 与期待不符时关闭连接',
  ],
  'foreign-seq/tried': ['a Keepalive is answered with a seq that nobody asked with', '用错误的 seq 应答心跳'],
  'time-out': ['A request without an answer for 20 s closes the link', '请求 20 秒没有应答时关闭连接'],
  'time-out/tried': ['nothing is answered any more; 18 to 25 s count as 20', '不再应答；18 到 25 秒都算 20 秒'],
  'alarm-edges': [
    'Each start of an alarm is followed by its end before it starts again, and no edge is told twice',
    '同一告警的开始与结束交替出现，且不重复上报',
  ],
  'alarm-edges/tried': ['the alarms that came so far', '检查已收到的告警'],
  'alarm-picture': [
    'A JPEG follows the start of an alarm, by POST or PUT, to the address in the answer',
    '告警开始后，以 POST 或 PUT 把 JPEG 上传到应答给出的地址',
  ],
  'alarm-picture/tried': ['the alarms that came so far', '检查已收到的告警'],
  'packets-sound': [
    'Every packet of the device is a JSON object of one of the four kinds, as text',
    '设备的每个数据包都是四种类型之一的 JSON 文本',
  ],
  'packets-sound/tried': ['all that passed during the tour', '检验期间的全部数据'],
  'seq-counts': ['The seq of the device rises by one with each request', '设备的 seq 随每个请求加一'],
  'seq-counts/tried': ['all that passed during the tour', '检验期间的全部数据'],
  'answers-asked': ['Every answer is the one that is due', '每个应答都是所期待的'],
  'answers-asked/tried': ['all that passed during the tour', '检验期间的全部数据'],
  'requests-known': [
    'Every request of the device is in the contract, and its parameters fit',
    '设备的每个请求都在协议之中，参数正确',
  ],
  'requests-known/tried': ['all that passed during the tour', '检验期间的全部数据'],
} as const satisfies Texts;

export const useRuleWords = wordsOf(RULE_TEXTS);
