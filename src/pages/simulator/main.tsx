import { Frame } from '../kit/parts/frame.tsx';
import { start } from '../kit/start.tsx';

start(
  <Frame title="OVC simulator" places={[]} here="/" navigationLabel="">
    <h1>OVC simulator</h1>
  </Frame>,
);
