// Shows alerts while no page is open. It looks after no page and keeps nothing: the tablet has a worker of its own.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let message = {};
  try {
    message = event.data.json();
  } catch {
    // A browser that shows nothing for a message takes the permission back: an empty one is shown as well.
  }
  const { title = "LinkBridge", body = "", tag = "", address = "" } = message;
  event.waitUntil(self.registration.showNotification(title, {
    body, tag, renotify: tag !== "", requireInteraction: true, data: { address },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data?.address || "/staff/offers", self.location.origin);
  // The page of this server, under whichever of its names the browser knows it.
  const path = address.pathname + address.search;
  event.waitUntil(self.clients.openWindow(new URL(path, self.location.origin).href));
});
