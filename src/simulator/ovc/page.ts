/**
 * The monitor page. Page, style and script are strings in TypeScript modules, because the build (tsc alone) copies no
 * other files; so they stay small and use neither template literals nor anything from elsewhere.
 */
export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OVC simulator</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="page.css">
<script src="page.js" defer></script>
</head>
<body>
<header><h1><a id="home" href="./">OVC simulator</a></h1><p id="summary" role="status"></p></header>
<main>
<section id="list" hidden>
<h2>Devices</h2>
<table><thead><tr><th>Login code</th><th>Presence</th><th>Hardware</th><th>Firmware</th><th>Logins</th><th>Faults</th></tr></thead>
<tbody id="devices"></tbody></table>
<p id="nobody" hidden>No device has logged in yet.</p>
</section>
<section id="device" hidden>
<h2>Channels</h2>
<table><thead><tr><th>Channel</th><th>State</th><th>Stream</th><th>Recording</th><th>Alarms</th></tr></thead>
<tbody id="channels"></tbody></table>
<h2>Send</h2>
<form id="send">
<select id="kind" aria-label="Kind of packet"><option value="requests">request</option><option value="events">event</option><option value="raw">raw text</option></select>
<input id="name" aria-label="Method or event" list="methods" placeholder="method" spellcheck="false">
<datalist id="methods"></datalist>
<textarea id="params" aria-label="Parameters or text" rows="3" spellcheck="false" placeholder="params as JSON, or nothing"></textarea>
<button>Send</button>
<output id="answer"></output>
</form>
<h2>Packets</h2>
<ol id="packets"></ol>
</section>
</main>
</body>
</html>
`;

export const PAGE_STYLE = `:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 0 1rem 3rem; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.5rem; border-bottom: 1px solid #8884; }
h1 { font-size: 1.25rem; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
a { color: inherit; }
[hidden] { display: none; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8883; overflow-wrap: anywhere; }
form { display: grid; grid-template-columns: max-content 1fr max-content; gap: .5rem; }
textarea, output { grid-column: 1 / -1; } button { grid-row: 1; grid-column: 3; }
textarea, input, pre, output { font-family: ui-monospace, monospace; font-size: .85rem; }
select, input, textarea, button { padding: .35rem .6rem; border: 1px solid #8888; border-radius: .3rem; background: none; color: inherit; }
select, button { font: inherit; background: #8881; } button { cursor: pointer; } option { color: #000; background: #fff; }
output { padding: .35rem .6rem; border-left: 3px solid #888; } output:empty { display: none; }
.live { color: #1f9d55; font-weight: 600; } .offline { color: #d33; }
output { white-space: pre-wrap; overflow-wrap: anywhere; }
ol { list-style: none; margin: 0; padding: 0; }
li { border-left: 3px solid #888; margin: .4rem 0; padding: .1rem .6rem; }
li.up { border-color: #2a7de1; } li.down { border-color: #1f9d55; } li.note { opacity: .75; } li.fault { border-color: #d33; }
li p { margin: 0; display: flex; flex-wrap: wrap; gap: 0 .8rem; } li small { opacity: .75; } li .wrong { color: #d33; }
pre { margin: .1rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 12rem; overflow: auto; }
`;
