using Semblance.Checkpoints;
using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Transformers.Tests.Adapters;

/// <summary>Tests the rank budget of AdaLoRA against hand-computed cases of PEFT's formulas.</summary>
public sealed class RankAllocatorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("semblance-");

    public void Dispose() => _folder.Delete(recursive: true);

    // 4 layers of rank 3, to rank 1: 12 to 4 ranks. Between steps 2 and 10: 8 · (1 − (t − 2) / 8)³ + 4, rounded down.
    [Fact]
    public void The_budget_falls_with_the_third_power()
    {
        var ranks = new RankAllocator(Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1, InitialSteps = 2, FinalSteps = 2, TotalSteps = 12 }));
        Enumerable.Range(0, 13).Select(step => ranks.Budget(step)).ShouldBe([12, 12, 12, 9, 7, 5, 5, 4, 4, 4, 4, 4, 4]);
    }

    [Fact]
    public void The_ranks_of_least_importance_lose_their_factor()
    {
        // One step with every weight 1: the sensitivity is 0.15 |g|, its uncertainty 0.15 · 0.85 |g|, and their product g² · 0.019125.
        var adapter = Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1, TotalSteps = 4 });
        var ranks = new RankAllocator(adapter);
        Fill(adapter, (name, i) => 1, (name, i) => name.Contains("lora_E", StringComparison.Ordinal) ? (LayerOf(name) * 3) + i + 1 : 0);
        ranks.Update(0); // no cut in step 0
        Factors(adapter).ShouldAllBe(factor => factor == 1);
        ranks.Update(1); // 8 · 0.75³ + 4 = 7.375: 5 of 12 ranks are cut, those with gradients 1 to 5
        Factors(adapter).ShouldBe([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
        ranks.Update(2);
        ranks.Update(3);
        ranks.Update(4); // the last cut, to 4 ranks
        Factors(adapter).ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
        Fill(adapter, (name, i) => 1, (name, i) => 1);
        ranks.Update(5); // later, the cut ranks stay 0
        Factors(adapter).ShouldBe([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
    }

    [Fact]
    public void The_importance_of_a_rank_has_the_means_of_its_row_and_its_column()
    {
        // Rank 0: a factor's gradient of 3 alone, 9 in its unit. Rank 1: half of the 8 inputs of A have gradient 4, 16 · 4 / 8 = 8, and all
        // of B 2, so that 8 + 4 = 12. Rank 2: 10 by its factor.
        var adapter = Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1, TotalSteps = 2, LayersToTransform = [0], Targets = ModuleSelector.Named("query") });
        var ranks = new RankAllocator(adapter);
        Fill(adapter, (name, i) => 1, (name, i) => name[^1] switch
        {
            'A' => i is >= 8 and < 12 ? 4 : 0,
            'B' => i % 3 == 1 ? 2 : 0,
            _ => i == 0 ? 3 : i == 2 ? MathF.Sqrt(10) : 0,
        });
        ranks.Update(0);
        ranks.Update(1); // 2 · 0.5³ + 1 = 1.25
        Factors(adapter).ShouldBe([0, 1, 0]);
    }

    [Fact]
    public void Interval_and_final_steps_are_kept()
    {
        var adapter = Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1, InitialSteps = 1, FinalSteps = 3, Interval = 4, TotalSteps = 12 });
        var ranks = new RankAllocator(adapter);
        var counts = new List<int>();
        for (var step = 0; step < 12; step++)
        {
            Fill(adapter, (name, i) => 1, (name, i) => LayerOf(name) + i + 1);
            ranks.Update(step);
            counts.Add(Factors(adapter).Count(factor => factor != 0));
        }

        counts.Take(4).ShouldAllBe(count => count == 12);
        counts[4].ShouldBeLessThan(12);
        counts[5].ShouldBe(12); // the test fills the factors again, and no cut is due
        counts[8].ShouldBeLessThan(counts[4]);
        counts.Skip(9).ShouldAllBe(count => count <= 4);
    }

    [Fact]
    public void The_loss_of_orthogonality_and_its_gradient_are_those_of_the_formula()
    {
        var adapter = Create(new AdaLoraConfig
        {
            InitialRank = 2,
            TargetRank = 1,
            TotalSteps = 9,
            OrthogonalityWeight = 0.5f,
            LayersToTransform = [0],
            Targets = ModuleSelector.Named("query"),
        });
        var ranks = new RankAllocator(adapter);
        Fill(adapter, (name, i) => MathF.Sin(i + name.Length), null);
        foreach (var parameter in adapter.Parameters())
        {
            parameter.IsTrained = true;
        }

        var (a, b) = (adapter.Parameters().First().Value, adapter.Parameters().Skip(1).First().Value);
        double Expected() => 0.5 * (Norm(2, (i, k) => a.Values[(i * 8) + k]) + Norm(2, (i, k) => b.Values[(k * 2) + i])) / 2;
        ranks.AddOrthogonality().ShouldBe((float)Expected(), 1e-5f);
        foreach (var matrix in new[] { a, b })
        {
            for (var i = 0; i < matrix.Length; i++)
            {
                var value = matrix.Values[i];
                matrix.Writable[i] = value + 1e-3f;
                var above = Expected();
                matrix.Writable[i] = value - 1e-3f;
                var slope = (above - Expected()) / 2e-3;
                matrix.Writable[i] = value;
                ((double)matrix.Gradient!.Values[i]).ShouldBe(slope, 2e-3);
            }
        }
    }

    [Fact]
    public void A_file_has_the_ranks_that_were_kept_and_computes_the_same()
    {
        var body = AdapterModels.Body();
        var model = AdaptableModel.Of(body);
        var adapter = AdapterModels.Random(model, new AdaLoraConfig { InitialRank = 3, TargetRank = 2, TotalSteps = 2 });
        var ranks = new RankAllocator(adapter);
        var random = new Random(3);
        Fill(adapter, null, (name, i) => random.NextSingle());
        ranks.Update(0);
        ranks.Update(2);
        adapter.Save(_folder.FullName);
        var loaded = Adapter.Load(_folder.FullName, model);
        loaded.Parameters().Where(parameter => parameter.Name.EndsWith("lora_E", StringComparison.Ordinal)).Sum(parameter => parameter.Value.Length).ShouldBe(8);
        AdapterModels.Values(body, loaded).ShouldBeNear(AdapterModels.Values(body, adapter), 1e-6);
        var pattern = loaded.Config.ShouldBeOfType<AdaLoraConfig>().RankPattern;
        pattern.Keys.ShouldContain("encoder.layer.0.attention.self.query.lora_E");
        pattern.Values.Sum(kept => kept.Count(one => one)).ShouldBe(8);
    }

    [Fact]
    public void The_state_goes_through_a_file_with_the_same_bits()
    {
        Adapter New() => Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1, InitialSteps = 1, TotalSteps = 8, Interval = 2, FinalSteps = 1 });
        void Take(Adapter adapter, RankAllocator ranks, int first, int end)
        {
            for (var step = first; step < end; step++)
            {
                Fill(adapter, null, (name, i) => MathF.Cos((step * 7) + i + (3 * name.Length)));
                ranks.Update(step);
            }
        }

        var whole = New();
        Fill(whole, (name, i) => 1 + (0.1f * i), null);
        var wholeRanks = new RankAllocator(whole);
        Take(whole, wholeRanks, 0, 5);
        var file = Path.Combine(_folder.FullName, "state.safetensors");
        var writer = new SafetensorsWriter();
        wholeRanks.SaveState(writer);
        writer.Save(file);
        var resumed = New();
        foreach (var (own, other) in resumed.Parameters().Zip(whole.Parameters()))
        {
            other.Value.Values.CopyTo(own.Value.Writable);
        }

        Take(whole, wholeRanks, 5, 10);
        var resumedRanks = new RankAllocator(resumed);
        resumedRanks.LoadState(Checkpoint.OpenFile(file));
        Take(resumed, resumedRanks, 5, 10);
        Factors(resumed).ShouldBe(Factors(whole));
        Factors(resumed).Count(factor => factor != 0).ShouldBe(4);
    }

    [Fact]
    public void Schedules_that_cannot_be_kept_are_refused()
    {
        Should.Throw<ArgumentException>(() => new RankAllocator(Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1 }))).Message.ShouldContain("TotalSteps");
        Should.Throw<ArgumentException>(() => new RankAllocator(Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 1, TotalSteps = 5, InitialSteps = 3, FinalSteps = 2 })))
            .Message.ShouldContain("leave none to cut ranks");
        Should.Throw<ArgumentException>(() => new RankAllocator(Create(new AdaLoraConfig { InitialRank = 3, TargetRank = 4, TotalSteps = 5 }))).Message.ShouldContain("above the initial rank");
        Should.Throw<ArgumentException>(() => new RankAllocator(Adapter.Create(AdaptableModel.Of(AdapterModels.Body()), new LoraConfig()))).Message.ShouldContain("LORA");
    }

    private static Adapter Create(AdaLoraConfig config) => Adapter.Create(AdaptableModel.Of(AdapterModels.Body()), config);

    private static float[] Factors(Adapter adapter) =>
        [.. adapter.Parameters().Where(parameter => parameter.Name.EndsWith("lora_E", StringComparison.Ordinal)).SelectMany(parameter => parameter.Value.Values.ToArray())];

    // 0 to 3: query and value of two layers.
    private static int LayerOf(string name) =>
        (name.Contains("layer.1", StringComparison.Ordinal) ? 2 : 0) + (name.Contains("value", StringComparison.Ordinal) ? 1 : 0);

    private static void Fill(Adapter adapter, Func<string, int, float>? value, Func<string, int, float>? gradient)
    {
        foreach (var (name, tensor) in adapter.Parameters())
        {
            if (gradient is not null)
            {
                tensor.Gradient = Tensor.Zeros(tensor.Shape);
            }

            for (var i = 0; i < tensor.Length; i++)
            {
                tensor.Writable[i] = value?.Invoke(name, i) ?? tensor.Values[i];
                if (gradient is not null)
                {
                    tensor.Gradient!.Writable[i] = gradient(name, i);
                }
            }
        }
    }

    // ‖P Pᵀ − I‖ of a matrix with 8 columns.
    private static double Norm(int rank, Func<int, int, float> element)
    {
        var sum = 0.0;
        for (var i = 0; i < rank; i++)
        {
            for (var j = 0; j < rank; j++)
            {
                var product = Enumerable.Range(0, 8).Sum(k => (double)element(i, k) * element(j, k)) - (i == j ? 1 : 0);
                sum += product * product;
            }
        }

        return Math.Sqrt(sum);
    }
}
