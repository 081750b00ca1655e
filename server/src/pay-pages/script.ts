import { createHash } from 'node:crypto'

/**
 * The only script there is, in the one page that waits: it asks how the payment stands and lets the seconds run. Written for
 * browsers of ten years ago, because their owners pay too. Everything works without it.
 *
 * It asks every few seconds at first and more seldom later, only while somebody looks at the page, and opens the page
 * anew once the answer differs from what the page shows. An answer is a word, and costs less than 300 bytes.
 */
export const script = `(function(d,w){
var r=d.getElementById('live');
if(!r||!w.XMLHttpRequest)return;
var state=r.getAttribute('data-state'),next=r.getAttribute('data-next'),url=r.getAttribute('data-status');
var left=d.getElementById('left'),lost=d.getElementById('lost'),late=d.getElementById('late');
var end=left?new Date().getTime()+left.getAttribute('data-seconds')*1000:0,tag='',asked=0;
function tick(){
var s=Math.max(0,Math.round((end-new Date().getTime())/1000));
left.firstElementChild.textContent=Math.floor(s/60)+':'+(s%60<10?'0':'')+s%60;
if(s)w.setTimeout(tick,1000);else{left.hidden=true;late.hidden=false}
}
function later(){asked++;w.setTimeout(ask,asked<20?3000:asked<60?6000:15000)}
function ask(){
if(d.hidden)return later();
var x=new XMLHttpRequest();
x.onload=function(){
lost.hidden=true;
if(x.status===200&&x.responseText!==state){w.location.replace(next);return}
if(x.status===200)tag=x.getResponseHeader('ETag')||'';
later()};
x.onerror=x.ontimeout=function(){lost.hidden=false;later()};
x.open('GET',url);
x.timeout=20000;
if(tag)x.setRequestHeader('If-None-Match',tag);
x.send()
}
var p=d.querySelectorAll('[data-live]');
for(var i=0;i<p.length;i++)p[i].hidden=false;
if(left)tick();
w.setTimeout(ask,1500);
})(document,window)`.replaceAll('\n', '')

export const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`
