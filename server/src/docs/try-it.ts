import { createHash } from 'node:crypto'
import { html, type Html } from '../platform/http/html.ts'
import { type Operation } from './operation.ts'

/** What a reader signs in with: shown only where it is what every sandbox has. */
export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
}

/**
 * The only script of these pages: it sends what the form says and shows what came back. A token is fetched by itself when
 * there is none, and lives as long as the tab. A page without it has no form.
 */
export const script = `(function(d,w){
var f=d.getElementById('try');
if(!f||!w.fetch)return;
var box=f.parentNode,out=d.getElementById('try-answer'),status=d.getElementById('try-status'),body=f.elements.body;
var root=new URL('../..',w.location.href).href.replace(/\\/$/,''),s=w.sessionStorage;
box.hidden=false;
if(body&&w.crypto.randomUUID)body.value=body.value.replace(/("reference_id": ")[0-9a-f]{8}-[0-9a-f-]{27}"/,function(m,k){return k+w.crypto.randomUUID()+'"'});
function show(line,text){status.textContent=line;out.textContent=text;out.hidden=!text}
function pretty(text){try{return JSON.stringify(JSON.parse(text),null,2)}catch(e){return text}}
function token(){
var id=f.elements.client_id;
if(!id)return Promise.resolve('');
if(s.getItem('token')&&+s.getItem('until')>Date.now())return Promise.resolve(s.getItem('token'));
return w.fetch(root+'/v1/jwt/client/obtain/token',{method:'POST',headers:{'Content-Type':'application/json'},body:JSON.stringify({client_id:id.value,client_secret:f.elements.client_secret.value})})
.then(function(r){return r.json().then(function(a){
if(!r.ok)throw new Error(r.status+' '+JSON.stringify(a.detail));
s.setItem('token',a.access_token);s.setItem('until',Date.now()+(a.expires_in-5)*60000);
return a.access_token})})
}
f.onchange=function(e){if(/^client_/.test(e.target.name))s.removeItem('token')};
f.onsubmit=function(e){
e.preventDefault();
show('Sending ...','');
var path=f.getAttribute('data-path'),query=new URLSearchParams(),i,p=f.querySelectorAll('[data-in]');
for(i=0;i<p.length;i++){
if(p[i].getAttribute('data-in')==='path')path=path.replace('{'+p[i].name+'}',encodeURIComponent(p[i].value));
else if(p[i].value!=='')query.set(p[i].name,p[i].value)}
var url=path+(query.toString()?'?'+query:'');
token().then(function(t){
var h={};
if(t)h.Authorization='Bearer '+t;
if(body)h['Content-Type']='application/json';
var start=Date.now();
return w.fetch(root+url,{method:f.getAttribute('data-method'),headers:h,body:body?body.value:undefined}).then(function(r){
if(r.status===401)s.removeItem('token');
return r.text().then(function(text){show(r.status+' '+r.statusText+', '+(Date.now()-start)+' ms: '+f.getAttribute('data-method')+' '+url,pretty(text))})})
}).catch(function(e){show('Not sent, or no answer: '+e.message,'')})
}
})(document,window)`.replaceAll('\n', '')

export const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`

const showParameter = ({ name, place, required, choices, type }: Operation['parameters'][number]): Html => {
  const id = `in-${name}`
  const control =
    choices.length > 0
      ? html`<select id="${id}" name="${name}" data-in="${place}">
          ${!required && html`<option value=""></option>`} ${choices.map((each) => html`<option>${each}</option>`)}
        </select>`
      : required
        ? html`<input id="${id}" name="${name}" data-in="${place}" autocomplete="off" required />`
        : html`<input id="${id}" name="${name}" data-in="${place}" autocomplete="off" />`
  return html`<p>
    <label for="${id}"><code>${name}</code> <small>${place}, ${type}${!required && ', optional'}</small></label>
    ${control}
  </p>`
}

const showCredentials = ({ clientId, clientSecret }: Credentials): Html =>
  html`<p>
      <label for="client_id"><code>client_id</code></label>
      <input id="client_id" name="client_id" value="${clientId}" autocomplete="off" spellcheck="false" />
    </p>
    <p>
      <label for="client_secret"><code>client_secret</code></label>
      <input id="client_secret" name="client_secret" value="${clientSecret}" autocomplete="off" spellcheck="false" />
    </p>`

/** A form that sends the operation, for browsers that run scripts. */
export function showTryIt(operation: Operation, credentials: Credentials): Html {
  const { method, path, parameters, body, example, needsToken } = operation
  return html`<section class="try" hidden>
    <h2 id="try-it">Try it</h2>
    <p>Sent to this sandbox. No real money moves.</p>
    <form id="try" data-method="${method}" data-path="${path}">
      ${needsToken && showCredentials(credentials)} ${parameters.map(showParameter)}
      ${
        body.length > 0 &&
        html`<p>
          <label for="try-body">Body</label>
          <textarea id="try-body" name="body" rows="10" spellcheck="false">
${JSON.stringify(example ?? {}, undefined, 2)}</textarea>
        </p>`
      }
      <button>Send</button>
    </form>
    <p id="try-status" role="status"></p>
    <pre id="try-answer" tabindex="0" role="region" aria-label="Answer" hidden></pre>
  </section>`
}
