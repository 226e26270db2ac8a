using Semblance.Tensors;
using Semblance.Transformers.Adapters;

namespace Semblance.Transformers.Tests.Adapters;

/// <summary>Tests the arithmetic of low-rank adaptation against formulas in double precision.</summary>
public class LoraTests
{
    private const int Inputs = 5;
    private const int Outputs = 4;
    private const int Rank = 2;
    private static readonly string[] Names = ["encoder.layer.0.attention.self.query"];

    public static TheoryData<string> Kinds => ["plain", "rslora", "dora", "bias", "outer bias", "dora with biases", "transposed", "dora transposed"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Outputs_and_gradients_are_those_of_the_formula(string kind)
    {
        var (layer, config) = Make(kind);
        var lora = LoraLinear.Create(layer, config, Names, new Random(3));
        var own = lora.Parameters("l").ToDictionary(parameter => parameter.Name, parameter => parameter.Value);
        foreach (var (name, tensor) in own)
        {
            AdapterModels.Tensor(name.Length, tensor.Shape.ToArray()).Values.CopyTo(tensor.Writable);
            tensor.RequiresGradient = true;
        }

        var (x, slopes) = (AdapterModels.Tensor(1, 3, Inputs), AdapterModels.Tensor(2, 3, Outputs));
        x.RequiresGradient = true;
        layer.Wrap(lora);
        using (var run = new Computation(recording: true))
        {
            var y = run.Linear(x, layer);
            y.Values.ToArray().ShouldBeNear(Array.ConvertAll(Formula(layer, config, own, x, null), v => (float)v), 1e-6);
            run.Backward(y, slopes);
        }

        layer.Weight.Gradient.ShouldBeNull();
        var norms = Norms(layer, config, own); // constant in the backward pass
        foreach (var (name, tensor) in own.Append(new("x", x)))
        {
            for (var i = 0; i < tensor.Length; i++)
            {
                const float Step = 1f / 64;
                var before = tensor.Values[i];
                tensor.Writable[i] = before + Step;
                var above = Dot(Formula(layer, config, own, x, norms), slopes);
                tensor.Writable[i] = before - Step;
                var below = Dot(Formula(layer, config, own, x, norms), slopes);
                tensor.Writable[i] = before;
                ((double)tensor.Gradient!.Values[i]).ShouldBe((above - below) / (2 * Step), 2e-4, $"{name}[{i}]");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_merged_layer_computes_the_same_within_rounding_and_is_restored_bit_for_bit(string kind)
    {
        var (layer, config) = Make(kind);
        var lora = LoraLinear.Create(layer, config with { Initialization = LoraInitialization.Random }, Names, new Random(3));
        var x = AdapterModels.Tensor(1, 3, Inputs);
        layer.Wrap(lora);
        var unmerged = Values(x, layer);
        layer.Merge();
        Values(x, layer).ShouldBeNear(unmerged, 1e-6);
        layer.Restore();
        Values(x, layer).ShouldBe(unmerged);
    }

    [Fact]
    public void A_new_adapter_changes_nothing()
    {
        foreach (var kind in Kinds)
        {
            var (layer, config) = Make(kind);
            var x = AdapterModels.Tensor(1, 3, Inputs);
            var plain = Values(x, layer);
            layer.Wrap(LoraLinear.Create(layer, config, Names, new Random(3)));
            Values(x, layer).ShouldBeNear(plain, 1e-6);
        }
    }

    // W is [[1, 2], [3, 4]], A is [1, −1], B is [2, 1]: B A is [[2, −2], [1, −1]]; x is [1, 1], so that B A x is 0, and [1, 0].
    [Theory]
    [InlineData(1, 4f, false, 4f)]
    [InlineData(1, 4f, true, 4f)]
    [InlineData(4, 8f, false, 2f)]
    [InlineData(4, 8f, true, 4f)]
    public void The_scale_is_alpha_by_the_rank_or_by_its_root(int rank, float alpha, bool root, float scale)
    {
        var config = new LoraConfig { Rank = rank, Alpha = alpha, UseRsLora = root };
        config.ScaleOf(Names).ShouldBe(scale);
        var layer = new Linear(Tensor.From([1, 2, 3, 4], 2, 2), null);
        layer.Wrap(new LoraLinear(layer, Tensor.From([1, -1], 1, 2), Tensor.From([2, 1], 2, 1), config.ScaleOf(Names)));
        Values(Tensor.From([1, 1, 1, 0], 2, 2), layer).ShouldBe([3, 7, 1 + (2 * scale), 3 + scale]);
    }

    // W + s·BA is [[3, 4], [6, 8]] with the row norms 5 and 10; the magnitudes are 10 and 5: W' is [[6, 8], [3, 4]].
    [Fact]
    public void The_magnitudes_of_DoRA_replace_the_norms_of_rows()
    {
        var layer = new Linear(Tensor.From([1, 4, 2, 8], 2, 2), Tensor.From([1, 2], 2));
        layer.Wrap(new LoraLinear(
            layer, Tensor.From([1, 0], 1, 2), Tensor.From([1, 2], 2, 1), 2, magnitude: Tensor.From([10, 5], 2)));
        Values(Tensor.From([1, 0, 0, 1], 2, 2), layer).ShouldBe([7, 5, 9, 6]);
        layer.Merge();
        layer.Weight.Values.ToArray().ShouldBe([6, 8, 3, 4]);
    }

    [Fact]
    public void Ranks_and_alphas_of_patterns_apply_to_the_last_parts_of_names()
    {
        var config = new LoraConfig
        {
            Rank = 8,
            Alpha = 16,
            RankPattern = new Dictionary<string, int> { [@"layer\.\d+\.attention\.self\.query"] = 2, ["key"] = 3 },
            AlphaPattern = new Dictionary<string, float> { ["self.query"] = 6 },
        };
        config.RankOf(["encoder.layer.0.attention.self.query"]).ShouldBe(2);
        config.ScaleOf(["encoder.layer.0.attention.self.query"]).ShouldBe(3);
        config.RankOf(["encoder.layer.0.attention.self.monkey"]).ShouldBe(8);
        config.RankOf(["encoder.layer.0.attention.self.key"]).ShouldBe(3);
    }

    [Fact]
    public void Dropout_is_applied_to_the_input_of_the_narrow_matrices_only()
    {
        var layer = new Linear(Tensor.Zeros(2, 64), null);
        layer.Wrap(new LoraLinear(layer, Tensor.From(Enumerable.Repeat(1f, 64).ToArray(), 1, 64), Tensor.From([1, 1], 2, 1), 1, dropout: 0.5f));
        var x = Tensor.From(Enumerable.Repeat(1f, 64).ToArray(), 1, 64);
        Values(x, layer).ShouldBe([64, 64]);
        using var run = new Computation(recording: true, dropoutSeed: 5);
        var y = run.Linear(x, layer).Values.ToArray();
        y[0].ShouldNotBe(64);
        (y[0] % 2).ShouldBe(0); // the kept elements count twice
    }

    private static (Linear Layer, LoraConfig Config) Make(string kind)
    {
        var transposed = kind.Contains("transposed", StringComparison.Ordinal);
        var layer = new Linear(
            transposed ? AdapterModels.Tensor(4, Inputs, Outputs) : AdapterModels.Tensor(4, Outputs, Inputs), AdapterModels.Tensor(5, Outputs),
            transposed);
        return (layer, new LoraConfig
        {
            Rank = Rank,
            Alpha = 3,
            UseRsLora = kind == "rslora",
            UseDora = kind.StartsWith("dora", StringComparison.Ordinal),
            Bias = kind is "bias" or "dora with biases" ? AdapterBias.LoraOnly : AdapterBias.None,
            LoraBias = kind is "outer bias" or "dora with biases",
        });
    }

    private static double Weight(Linear layer, int output, int input) =>
        layer.Weight.Values[layer.IsTransposed ? (input * Outputs) + output : (output * Inputs) + input];

    private static double Product(Dictionary<string, Tensor> own, int output, int input) => Enumerable.Range(0, Rank).Sum(
        r => (double)own["l.lora_B.weight"].Values[(output * Rank) + r] * own["l.lora_A.weight"].Values[(r * Inputs) + input]);

    private static double[] Norms(Linear layer, LoraConfig config, Dictionary<string, Tensor> own) =>
    [
        .. Enumerable.Range(0, Outputs).Select(o => Math.Sqrt(Enumerable.Range(0, Inputs)
            .Sum(i => Math.Pow(Weight(layer, o, i) + (config.ScaleOf(Names) * Product(own, o, i)), 2)))),
    ];

    private static double[] Formula(Linear layer, LoraConfig config, Dictionary<string, Tensor> own, Tensor x, double[]? norms)
    {
        norms ??= Norms(layer, config, own);
        var y = new double[x.Rows * Outputs];
        for (var i = 0; i < y.Length; i++)
        {
            var (row, o) = (i / Outputs, i % Outputs);
            double plain = 0, low = 0;
            for (var k = 0; k < Inputs; k++)
            {
                plain += Weight(layer, o, k) * x.Row(row)[k];
                low += Product(own, o, k) * x.Row(row)[k];
            }

            low += own.TryGetValue("l.lora_B.bias", out var outer) ? outer.Values[o] : 0;
            var sum = plain + (config.ScaleOf(Names) * low);
            var bias = own.TryGetValue("l.base_layer.bias", out var trained) ? trained.Values[o] : layer.Bias!.Values[o];
            y[i] = bias + (own.TryGetValue("l.lora_magnitude_vector", out var m) ? m.Values[o] / norms[o] * sum : sum);
        }

        return y;
    }

    private static double Dot(double[] y, Tensor slopes) => y.Select((value, i) => value * slopes.Values[i]).Sum();

    private static float[] Values(Tensor x, Linear layer)
    {
        using var run = new Computation();
        return run.Linear(x, layer).Values.ToArray();
    }
}
