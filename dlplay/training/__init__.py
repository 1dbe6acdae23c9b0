"""The worker's side: the only place where a network is fitted. The server never imports it."""
