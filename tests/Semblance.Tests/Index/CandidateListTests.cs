namespace Semblance.Tests;

public class CandidateListTests
{
    [Fact]
    public void The_nearest_are_kept_in_order_and_each_is_looked_around_once()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 200; trial++)
        {
            var (list, seen, all) = (new CandidateList(), new List<int>(), new List<Candidate>());
            list.Clear(random.Next(1, 20));
            for (var node = 0; node < 60; node++)
            {
                var distance = random.NextSingle();
                all.Add(new Candidate(distance, node));
                if (distance < list.Bound)
                {
                    list.Add(distance, node);
                }

                if (random.Next(3) == 0 && list.TryNext(out var next))
                {
                    seen.Add(next);
                }
            }

            while (list.TryNext(out var next))
            {
                seen.Add(next);
            }

            list.Unmarked().ToArray().ShouldBe(all.OrderBy(candidate => candidate.Distance).Take(list.Capacity));
            seen.ShouldBeUnique();
            list.Items.ToArray().Select(candidate => candidate.Node).Except(seen).ShouldBeEmpty();
        }
    }
}
