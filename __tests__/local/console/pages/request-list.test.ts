import { RequestList } from "../../../../local/console/pages/kit/request-list";
import { sampleRequest } from "../support/sample-requests";

function listOf(capacity: number) {
  const frames: (() => void)[] = [];
  const list = new RequestList(capacity, (tell) => frames.push(tell));
  const ids = () => list.newestFirst.map(({ id }) => id);
  return { list, ids, frames };
}

describe("RequestList", () => {
  it("has the newest first, and forgets the oldest beyond its capacity", () => {
    const { list, ids } = listOf(3);
    for (const index of [1, 2, 3, 4]) list.add(sampleRequest(index));

    expect(ids()).toEqual(["request-4", "request-3", "request-2"]);
  });

  it("tells its listeners once for all that comes in one frame", () => {
    const { list, frames } = listOf(10);
    const told = jest.fn();
    list.onChange(told);
    for (const index of [1, 2, 3]) list.add(sampleRequest(index));
    expect(frames).toHaveLength(1);
    frames[0]?.();
    list.add(sampleRequest(4));

    expect(told).toHaveBeenCalledTimes(1);
    expect(frames).toHaveLength(2);
  });

  it("keeps what arrived while the server was asked, and nothing that the server has forgotten", () => {
    const { list, ids } = listOf(10);
    for (const index of [1, 5, 6]) list.add(sampleRequest(index));
    list.replace([sampleRequest(5), sampleRequest(4)]);

    expect(ids()).toEqual(["request-6", "request-5", "request-4"]);
  });

  it("is the same array as long as nothing arrives", () => {
    const { list } = listOf(10);
    list.add(sampleRequest(1));

    expect(list.newestFirst).toBe(list.newestFirst);
  });
});
