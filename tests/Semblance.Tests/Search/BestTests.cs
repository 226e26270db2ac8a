using FsCheck;
using FsCheck.Fluent;

namespace Semblance.Tests;

public class BestTests
{
    [Fact]
    public void The_best_are_the_first_of_the_sorted_whatever_the_order_of_the_offers() =>
        Prop.ForAll(Gen.Choose(0, 1 << 30).Select(seed => new Random(seed)).ToArbitrary(), random =>
        {
            var hits = Enumerable.Range(0, random.Next(500)).Select(i => new SearchHit(i, random.Next(-5, 5))).ToArray();
            var expected = hits.OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Index).Where(hit => hit.Score >= -3).ToArray();
            random.Shuffle(hits);
            var best = new Best<SearchHit>(random.Next(1, 60), -3);
            foreach (var chunk in hits.Chunk(random.Next(1, 100)))
            {
                best.Add(chunk);
            }

            var kept = best.ToArray();
            kept.ShouldBe(expected.Take(kept.Length));
            hits.Where(best.Keeps).Where(hit => hit.Score >= -3).Count().ShouldBe(kept.Length);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Results_that_come_from_worst_to_best_all_find_their_place()
    {
        var best = new Best<SearchHit>(1000, float.NegativeInfinity);
        for (var i = 0; i < 100_000; i++)
        {
            best.Add(new SearchHit(i, i));
        }

        best.ToArray().Select(hit => hit.Index).ShouldBe(Enumerable.Range(99_000, 1000).Reverse());
        best.Threshold.ShouldBe(99_000);
    }
}
