import { Frame } from '../kit/parts/frame.tsx';
import { start } from '../kit/start.tsx';

start(
  <Frame title="ovd-gateway" places={[]} here="/" navigationLabel="">
    <h1>ovd-gateway</h1>
  </Frame>,
);
