import './app.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { source } from './lib/data.js';

mount(App, { target: /** @type {HTMLElement} */ (document.getElementById('app')), props: { source: source() } });
