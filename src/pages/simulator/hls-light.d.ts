/** The smaller build of hls.js, without subtitles and the like. Its types are those of the whole, which brings them. */
declare module 'hls.js/light' {
  export { default } from 'hls.js';
}
