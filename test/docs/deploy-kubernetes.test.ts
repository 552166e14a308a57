// docs/deploy/kubernetes.yaml as far as it can be tried without a cluster.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { loadMachineId } from "../../src/runtime/machine-id.ts";
import { scratch } from "../config/scratch.ts";
import { imageEnv, lastOf, loadWith, readYaml, stopSec, version, type Yaml } from "./deploy-files.ts";

const documents = readYaml("docs/deploy/kubernetes.yaml");
const ofKind = (kind: string): Yaml => documents.find((one) => one.kind === kind);
const { spec } = ofKind("StatefulSet").spec.template;
const [agent] = spec.containers;
const [machineId] = spec.initContainers;

test("the config and the variables are those of an agent, with what the Secret mounts", (t) => {
  const place = scratch(t);
  const folder = agent.volumeMounts.find(({ name }: Yaml) => name === "secrets").mountPath;
  const here = (text: string) => text.replaceAll(folder, place.dir);
  place.write("mongodb_uri", "mongodb://db.example.com\n");
  place.write("api_secret", "s3cret-of-the-api\n");
  const given = Object.fromEntries(agent.env.map(({ name, value }: Yaml) => [name, here(value)]));
  const [file, text] = Object.entries<string>(ofKind("ConfigMap").data)[0] ?? ["", ""];
  const { mountPath } = agent.volumeMounts.find(({ name }: Yaml) => name === "config");
  assert.equal(given.FLEETCRON_CONFIG, `${mountPath}/${file}`);
  // Everybody on a node may read a ConfigMap's file, and no check may object to that.
  const config = place.write(file, here(text), 0o644);
  const loaded = loadWith(place, { ...imageEnv(), ...given, FLEETCRON_CONFIG: config });
  assert.equal(loaded.config.mongodbUri, "mongodb://db.example.com");
  assert.deepEqual(loaded.config.secrets.get("API_SECRET")?.value, "s3cret-of-the-api");
});

test("the machine id follows from the pod's name, and is one that an agent takes", (t) => {
  const idOf = (pod: string) => {
    const place = scratch(t);
    const [, flag, script] = machineId.command;
    const own = script.replace(lastOf("VOLUME"), place.dir);
    const { status, stderr } = spawnSync(process.execPath, [flag, own], { env: { POD: pod }, encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const id = loadMachineId(place.dir);
    assert.equal(JSON.parse(readFileSync(`${place.dir}/machine.json`, "utf8")).machine_id, id);
    return id;
  };
  assert.equal(idOf("default/fleetcron-0"), idOf("default/fleetcron-0"));
  assert.notEqual(idOf("default/fleetcron-0"), idOf("default/fleetcron-1"));
  assert.notEqual(idOf("default/fleetcron-0"), idOf("other/fleetcron-0"));
});

test("pods have no rights, the image's user, and the time to stop", () => {
  const { runAsNonRoot, runAsUser, runAsGroup } = spec.securityContext;
  assert.deepEqual([runAsNonRoot, `${runAsUser}:${runAsGroup}`], [true, lastOf("USER")]);
  assert.ok(spec.terminationGracePeriodSeconds >= stopSec);
  for (const { image, securityContext, volumeMounts, args } of [agent, machineId]) {
    assert.equal(image, `fleetcron:${version}`);
    assert.deepEqual(securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assert.ok(volumeMounts.some(({ name, mountPath }: Yaml) => name === "state" && mountPath === lastOf("VOLUME")));
    for (const mount of volumeMounts)
      assert.ok(
        spec.volumes.some(({ name }: Yaml) => name === mount.name),
        mount.name,
      );
    assert.equal(args, undefined);
  }
  assert.equal(spec.volumes.find(({ name }: Yaml) => name === "secrets").secret.defaultMode, 0o440);
});

test("the probes ask the agent's own port: restarts by /healthz, readiness by /readyz", () => {
  assert.deepEqual(agent.ports, [{ name: "metrics", containerPort: Number(lastOf("EXPOSE")) }]);
  const probes = { startupProbe: "/healthz", livenessProbe: "/healthz", readinessProbe: "/readyz" };
  for (const [probe, path] of Object.entries(probes)) assert.deepEqual(agent[probe].httpGet, { path, port: "metrics" });
  const { clusterIP, ports } = ofKind("Service").spec;
  assert.deepEqual([clusterIP, ports[0].port], ["None", Number(lastOf("EXPOSE"))]);
});

test("every selector means the pods of the StatefulSet", () => {
  const { labels } = ofKind("StatefulSet").spec.template.metadata;
  assert.equal(ofKind("StatefulSet").spec.serviceName, ofKind("Service").metadata.name);
  assert.deepEqual(ofKind("Service").spec.selector, labels);
  const selectors = [ofKind("StatefulSet").spec, ofKind("PodDisruptionBudget").spec, ...spec.topologySpreadConstraints];
  for (const { selector, labelSelector = selector } of selectors) assert.deepEqual(labelSelector.matchLabels, labels);
});
