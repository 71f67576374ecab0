// A clock for pages in the background: browsers slow a page's own timers down to one a minute
// there, and an officer who writes in another window is to hear at once all the same.
let timer = 0;
onmessage = ({ data }) => {
  clearTimeout(timer);
  timer = setTimeout(() => postMessage(0), data);
};
