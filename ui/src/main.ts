// SPDX-License-Identifier: AGPL-3.0-or-later
import { mount } from 'svelte';
import App from './App.svelte';
import { live } from './lib/live.svelte';
import { prefs } from './lib/prefs.svelte';
import './styles/fonts.css';
import './styles/tokens.css';
import './styles/base.css';

prefs.apply();
live.start();
const target = document.getElementById('app');
if (target) mount(App, { target });
