/** A style sheet is for the bundler; a script takes nothing out of it. */
declare module '*.css';
