namespace Semblance.Training.Tests;

public class BatchSamplerTests
{
    // Many rows share texts: a question with several answers, and answers that are questions elsewhere.
    private static readonly Example[] Shared = [.. Enumerable.Range(0, 500).Select(i => new Example([$"q{i % 60}", $"a{i % 200}", $"q{i * 7 % 90}"]))];

    private static readonly int[] Labels = [.. Enumerable.Range(0, 301).Select(i => i * i % 23 % 7)];

    public static TheoryData<string, BatchSampler> Samplers => new()
    {
        { "default", new DefaultBatchSampler(101, 8, seed: 3) },
        { "no duplicates", new NoDuplicatesBatchSampler(Shared, 16, seed: 3) },
        { "group by label", new GroupByLabelBatchSampler(Labels, 12, seed: 3) },
        { "token budget", new TokenBudgetBatchSampler([.. Enumerable.Range(0, 101).Select(i => 1 + (i * 7 % 30))], 100, seed: 3) },
        { "round robin", new RoundRobinBatchSampler([new DefaultBatchSampler(50, 8), new NoDuplicatesBatchSampler(Shared, 16), new DefaultBatchSampler(33, 4)]) },
        { "proportional", new ProportionalBatchSampler([new DefaultBatchSampler(50, 8), new NoDuplicatesBatchSampler(Shared, 16), new DefaultBatchSampler(33, 4)]) },
    };

    [Theory]
    [MemberData(nameof(Samplers), DisableDiscoveryEnumeration = true)]
    public void Going_on_from_any_position_gives_the_same_batches(string name, BatchSampler sampler)
    {
        name.ShouldNotBeEmpty();
        var steps = (int)(sampler.Count(0) + sampler.Count(1)) + 2;
        var positions = new List<SamplerPosition>();
        var batches = new List<Batch>();
        using (var stream = new BatchStream(sampler))
        {
            for (var step = 0; step < steps; step++)
            {
                positions.Add(stream.Position);
                batches.Add(stream.Next());
            }

            stream.Position.Epoch.ShouldBe(2);
        }

        for (var start = 0; start < steps; start++)
        {
            using var resumed = new BatchStream(sampler, positions[start]);
            foreach (var expected in batches.Skip(start).Take(4))
            {
                var actual = resumed.Next();
                actual.Rows.ShouldBe(expected.Rows);
                actual.Dataset.ShouldBe(expected.Dataset);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samplers), DisableDiscoveryEnumeration = true)]
    public void Epochs_differ_and_their_batches_are_counted(string name, BatchSampler sampler)
    {
        name.ShouldNotBeEmpty();
        sampler.Batches(0).LongCount().ShouldBe(sampler.Count(0));
        sampler.Batches(0).First().Rows.ShouldBe(sampler.Batches(0).First().Rows);
        sampler.Batches(0).SelectMany(batch => batch.Rows).SequenceEqual(sampler.Batches(1).SelectMany(batch => batch.Rows)).ShouldBeFalse();
    }

    [Fact]
    public void Every_row_comes_once_an_epoch()
    {
        new DefaultBatchSampler(101, 8, 1).Batches(5).SelectMany(batch => batch.Rows).Order().ShouldBe(Enumerable.Range(0, 101));
        new NoDuplicatesBatchSampler(Shared, 16, 1).Batches(5).SelectMany(batch => batch.Rows).Order().ShouldBe(Enumerable.Range(0, Shared.Length));
        new DefaultBatchSampler(10, 4) { Shuffle = false }.Batches(0).Select(batch => batch.Rows).ShouldBe([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]);
        new DefaultBatchSampler(10, 4) { DropLast = true }.Batches(0).Count().ShouldBe(2);
    }

    [Fact]
    public void Batches_are_as_full_of_tokens_as_they_can_be()
    {
        int[] counts = [.. Enumerable.Range(0, 500).Select(i => 1 + (i * 13 % 64))];
        counts[7] = 300; // more than a batch holds
        var batches = new TokenBudgetBatchSampler(counts, 256, 1).Batches(2).ToList();
        batches.SelectMany(batch => batch.Rows).Order().ShouldBe(Enumerable.Range(0, 500));
        batches.Where(batch => batch.Rows.Sum(row => counts[row]) > 256).Select(batch => batch.Rows).ShouldBe([[7]]);
        batches.Zip(batches.Skip(1)).ShouldAllBe(pair => pair.First.Rows.Sum(row => counts[row]) + counts[pair.Second.Rows[0]] > 256);
        new TokenBudgetBatchSampler([3, 3, 4, 9, 1], 10) { Shuffle = false }.Batches(0).Select(batch => batch.Rows).ShouldBe([[0, 1, 2], [3, 4]]);
        Should.Throw<ArgumentException>(() => new TokenBudgetBatchSampler([], 10)).Message.ShouldContain("no rows");
        Should.Throw<ArgumentOutOfRangeException>(() => new TokenBudgetBatchSampler([1], 0));
    }

    [Fact]
    public void An_order_by_chance_is_fair_and_the_same_everywhere()
    {
        var counts = new int[4, 4];
        for (var epoch = 0; epoch < 40_000; epoch++)
        {
            var order = Permutation.Of(4, 7, epoch);
            for (var i = 0; i < 4; i++)
            {
                counts[i, order[i]]++;
            }
        }

        counts.Cast<int>().ShouldAllBe(count => Math.Abs(count - 10_000) < 500);
        Permutation.Of(8, 42, 0).ShouldBe(Permutation.Of(8, 42, 0));
        Permutation.Of(8, 42, 0).ShouldNotBe(Permutation.Of(8, 43, 0));
    }

    [Fact]
    public void No_text_comes_twice_in_a_batch()
    {
        var batches = new NoDuplicatesBatchSampler(Shared, 16, 1).Batches(0).ToList();
        foreach (var batch in batches)
        {
            var texts = batch.Rows.SelectMany(row => Shared[row].Texts.Distinct()).ToList();
            texts.Distinct().Count().ShouldBe(texts.Count);
        }

        batches.Count(batch => batch.Rows.Count == 16).ShouldBeGreaterThan(batches.Count / 2);
        new NoDuplicatesBatchSampler(Shared, 16, 1) { DropLast = true }.Batches(0).ShouldAllBe(batch => batch.Rows.Count == 16);
    }

    [Fact]
    public void One_text_in_every_row_makes_batches_of_one_row_and_takes_no_longer()
    {
        var sampler = new NoDuplicatesBatchSampler([.. Enumerable.Range(0, 50_000).Select(i => new Example(["same", $"{i}"]))], 64);
        sampler.Batches(0).Count().ShouldBe(50_000);
    }

    [Fact]
    public void A_batch_has_several_labels_and_of_each_several_rows()
    {
        var batches = new GroupByLabelBatchSampler(Labels, 12, 1).Batches(0).ToList();
        foreach (var batch in batches)
        {
            batch.Rows.GroupBy(row => Labels[row]).ShouldAllBe(rows => rows.Count() % 2 == 0);
        }

        batches.ShouldAllBe(batch => batch.Rows.Select(row => Labels[row]).Distinct().Count() > 1);
        var rows = batches.SelectMany(batch => batch.Rows).ToList();
        rows.Distinct().Count().ShouldBe(rows.Count);
        Should.Throw<ArgumentException>(() => new GroupByLabelBatchSampler([1, 2, 3], 4)).Message.ShouldContain("of the 3 labels of 3 rows none has so many");
        Should.Throw<ArgumentException>(() => new GroupByLabelBatchSampler([1, 1, 3], 4)).Message.ShouldContain("of the 2 labels of 3 rows one has so many");
        Should.Throw<ArgumentException>(() => new GroupByLabelBatchSampler([1, 1, 3, 3], 3)).ParamName.ShouldBe("batchSize");
        Should.Throw<ArgumentException>(() => new GroupByLabelBatchSampler([1, 1, 3, 3], 2)).Message.ShouldContain("from 4");
    }

    [Theory]
    [InlineData(4, 2, 100, 10)]
    [InlineData(4, 2, 100, 10, 3)]
    [InlineData(4, 2, 7, 7, 7)] // an odd number of turns a round: a batch reaches into the next
    [InlineData(8, 2, 100, 10, 10, 10, 10)]
    [InlineData(8, 4, 50, 12)]
    [InlineData(6, 2, 3, 2, 40)]
    public void However_unequal_the_labels_every_batch_has_several(int batchSize, int rowsPerLabel, params int[] counts)
    {
        int[] labels = [.. counts.SelectMany((count, label) => Enumerable.Repeat(label, count))];
        for (var seed = 0; seed < 30; seed++)
        {
            var sampler = new GroupByLabelBatchSampler(labels, batchSize, seed, rowsPerLabel);
            var batches = sampler.Batches(seed).ToList();
            foreach (var batch in batches)
            {
                var groups = batch.Rows.GroupBy(row => labels[row]).ToArray();
                groups.Length.ShouldBeGreaterThan(1);
                groups.ShouldAllBe(group => group.Count() % rowsPerLabel == 0);
            }

            // The largest label is used as often as the second: with one label left there is nothing to compare.
            var turns = counts.Select(count => count / rowsPerLabel).OrderDescending().ToArray();
            var used = turns.Sum(count => Math.Min(count, turns[1])) * rowsPerLabel;
            batches.Sum(batch => batch.Rows.Count).ShouldBeInRange(used - rowsPerLabel, used);
            batches.SelectMany(batch => batch.Rows).Distinct().Count().ShouldBe(batches.Sum(batch => batch.Rows.Count));
        }
    }

    [Fact]
    public void Every_row_of_a_large_label_has_its_epoch()
    {
        int[] labels = [.. Enumerable.Repeat(0, 100), .. Enumerable.Repeat(1, 10)];
        var sampler = new GroupByLabelBatchSampler(labels, 4, 1);
        sampler.Count(0).ShouldBe(5);
        Enumerable.Range(0, 100).SelectMany(epoch => sampler.Batches(epoch).SelectMany(batch => batch.Rows)).Distinct().Count().ShouldBe(110);
    }

    [Fact]
    public void Data_sets_take_turns_until_one_ends()
    {
        BatchSampler[] samplers = [new DefaultBatchSampler(10, 2), new DefaultBatchSampler(6, 2), new DefaultBatchSampler(100, 2)];
        new RoundRobinBatchSampler(samplers).Batches(0).Select(batch => batch.Dataset).ShouldBe([0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
    }

    [Fact]
    public void Larger_data_sets_come_more_often_and_all_of_them_comes()
    {
        BatchSampler[] samplers = [new DefaultBatchSampler(10, 2), new DefaultBatchSampler(100, 2)];
        var batches = new ProportionalBatchSampler(samplers).Batches(0).ToList();
        batches.Where(batch => batch.Dataset == 0).SelectMany(batch => batch.Rows).Order().ShouldBe(Enumerable.Range(0, 10));
        batches.Where(batch => batch.Dataset == 1).SelectMany(batch => batch.Rows).Order().ShouldBe(Enumerable.Range(0, 100));
        batches.Take(50).Select(batch => batch.Dataset).ShouldContain(0);
    }

    [Fact]
    public void Data_that_changed_or_is_too_small_says_so()
    {
        Should.Throw<ArgumentException>(() => new BatchStream(new DefaultBatchSampler(10, 2), new SamplerPosition(3, 6))).Message.ShouldContain("Epoch 3 has 5 batches");
        Should.Throw<ArgumentException>(() => new DefaultBatchSampler(0, 2)).Message.ShouldContain("no rows");
        using var stream = new BatchStream(new DefaultBatchSampler(3, 4) { DropLast = true });
        Should.Throw<InvalidOperationException>(() => stream.Next()).Message.ShouldContain("no full batch");
    }

    [Fact]
    public void A_sampler_that_fills_no_batch_says_why()
    {
        Example[] rows = [.. Enumerable.Range(0, 6).Select(i => new Example(["the same", $"{i}"]))];
        var few = new DefaultBatchSampler(3, 4) { DropLast = true };
        Why(few).ShouldBe("There is no full batch: the data set has 3 rows, and a batch has 4. Use a smaller batch size, or keep incomplete batches.");
        Why(new NoDuplicatesBatchSampler(rows, 2) { DropLast = true })
            .ShouldBe("There is no full batch: of the 6 rows at most 1 without a common text come together, and a batch has 2. Use a smaller batch size, or keep incomplete batches.");
        Why(new ProportionalBatchSampler([new DefaultBatchSampler(8, 4), few])).ShouldStartWith("Data set 2 of 2: There is no full batch: the data set has 3 rows");
        Why(new GroupByLabelBatchSampler([0, 0, 1, 1], 8) { DropLast = true }).ShouldStartWith("There is no full batch: ");

        static string Why(BatchSampler sampler)
        {
            using var stream = new BatchStream(sampler);
            return Should.Throw<SamplerException>(() => Enumerable.Range(0, 3).Select(_ => stream.Next()).ToList()).Message;
        }
    }
}
