// One connection to one other side, by "perfect negotiation" (WebRTC 1.0, section 10.7): both may offer at any moment.

export class CallPeer {
  constructor({ id, polite, configuration, stream, send, onTrack, onState }) {
    Object.assign(this, { id, polite, send });
    this.making = false;
    this.ignoring = false;
    this.waiting = Promise.resolve();
    this.connection = new RTCPeerConnection(configuration);
    // One side begins. Two first offers at once would be allowed, but a browser that takes its own back while it still
    // asks the relay for an address may go on asking for ever.
    this.connection.onnegotiationneeded = () => {
      if (!polite || this.connection.remoteDescription) this.offer();
    };
    this.connection.onicecandidate = ({ candidate }) => candidate && send({ candidate });
    this.connection.ontrack = ({ track, streams }) => onTrack(this, track, streams[0]);
    this.connection.onconnectionstatechange = () => {
      if (this.connection.connectionState === "failed") this.connection.restartIce();
      onState();
    };
    for (const track of stream.getTracks()) this.connection.addTrack(track, stream);
  }

  get state() {
    return this.connection.connectionState;
  }

  async offer() {
    try {
      this.making = true;
      await this.connection.setLocalDescription();
      this.send({ description: this.connection.localDescription });
    } finally {
      this.making = false;
    }
  }

  // Messages are taken one after the other: a candidate must not overtake the description that it belongs to.
  receive(body) {
    this.waiting = this.waiting.then(() => this.take(body)).catch(() => {});
    return this.waiting;
  }

  async take({ description, candidate }) {
    if (description) {
      const collides = description.type === "offer" && (this.making || this.connection.signalingState !== "stable");
      this.ignoring = !this.polite && collides;
      if (this.ignoring) return;
      await this.connection.setRemoteDescription(description);
      if (description.type === "offer") {
        await this.connection.setLocalDescription();
        this.send({ description: this.connection.localDescription });
      }
    } else if (candidate && !this.ignoring) {
      await this.connection.addIceCandidate(candidate);
    }
  }

  close() {
    this.connection.close();
  }
}
