// What the README of mac-sandbox shows, with what it leaves out filled in.
import { createRequire } from "node:module";

const axios = createRequire(process.env.AXIOS + "/")("axios");
const platformToken = process.env.TOKEN;
const createCloudflareTunnel = async ({ hostname, localServiceUrl }) => {
  if (!hostname.endsWith(".yourdomain.com") || !localServiceUrl.endsWith(":80")) throw new Error(hostname);
  return { tunnelId: "f0c1", tunnelToken: "eyJhIjoi" };
};

const api = axios.create({
  baseURL: process.env.BASE,
  headers: { Authorization: `Bearer ${platformToken}` },
});

const { data } = await api.post("/sandbox/create", {
  cpus: 2,
  memory: "4G",
  env: {
    MY_VAR: "my-value",
  },
});

const { id: sandboxId, ipAddress } = data;

const { tunnelId, tunnelToken } = await createCloudflareTunnel({
  hostname: `${sandboxId}.yourdomain.com`,
  localServiceUrl: `http://${ipAddress}:80`,
});

const tunnel = await api.post(`/sandbox/${sandboxId}/tunnel`, {
  tunnelToken,
  tunnelId,
  url: `https://${sandboxId}.yourdomain.com`,
  checkhealth: process.env.CHECK === "true",
});

const ran = await api.post(`/sandbox/${sandboxId}/exec`, {
  command: "sh",
  args: ["-c", "echo $MY_VAR"],
});
const refused = await api.get("/sandbox/nosuch").catch(error => error.response);

console.log(JSON.stringify({
  data, tunnel: tunnel.data, ran: ran.data, refused: [refused.status, refused.data],
}));
