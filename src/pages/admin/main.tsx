import { start } from '../kit/start.tsx';
import { App } from './app.tsx';
import './styles/admin.css';
import './styles/cameras.css';
import './styles/channel.css';
import './styles/settings.css';
import './styles/system.css';

start(<App />);
