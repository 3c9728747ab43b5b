import { expect, it } from "vitest";
import { toMethod } from "../../schemas/method.ts";
import { readConfig } from "../../schemas/config.ts";

it("the version of the method changes with any number, and not with the order or the presence of defaults", () => {
  const defaults = toMethod();
  expect(toMethod({ credit: { replayDays: defaults.credit.replayDays } }).version).toBe(defaults.version);
  expect(toMethod({ credit: { replayDays: 7 } }).version).not.toBe(defaults.version);
});

it("ASSAY_METHOD changes the number it names and no other", () => {
  const { method } = readConfig({ ASSAY_METHOD: '{"patterns":{"costUsdMin":10}}' });
  expect(method.patterns).toEqual({ ...toMethod().patterns, costUsdMin: 10 });
  expect(method.credit).toEqual(toMethod().credit);
});

it.each(['{"credit":{"replayDais":3}}', '{"credit":{"replayDays":0}}', '{"speed":{}}', "fast"])(
  "ASSAY_METHOD refuses %s",
  (ASSAY_METHOD) => {
    expect(() => readConfig({ ASSAY_METHOD })).toThrow(/ASSAY_METHOD/);
  },
);
