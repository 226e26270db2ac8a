using Semblance.Tensors.Instructions;
using Semblance.Tensors.Tests.Operations;

namespace Semblance.Tensors.Tests.Layers;

public class LayerWrapperTests
{
    private const int Inputs = 7;
    private const int Outputs = 9;
    private const int Rank = 2;
    private const float Scale = 0.5f;

    [Theory]
    [MemberData(nameof(TestTensors.InstructionSets), MemberType = typeof(TestTensors))]
    public void A_linear_layer_with_low_rank_adaptation_has_the_values_and_gradients_of_the_closed_form(InstructionSet set)
    {
        foreach (var activation in new[] { Activation.Identity, Activation.Gelu })
        {
            var (x, weight, bias, a, b) = (TestTensors.Random(1, 5, Inputs), TestTensors.Random(2, Outputs, Inputs), TestTensors.Random(3, Outputs), TestTensors.Random(4, Rank, Inputs), TestTensors.Random(5, Outputs, Rank));
            var layer = new Linear(weight, bias);
            layer.Wrap(new LowRankWrapper(a, b, Scale));
            var formula = DoubleReference.Formula(activation);
            double[] Reference(double[][] values)
            {
                var y = DoubleReference.Linear(values[0], values[1], values[2], Inputs, v => v);
                var low = DoubleReference.Linear(DoubleReference.Linear(values[0], values[3], null, Inputs, v => v), values[4], null, Rank, v => v);
                return [.. y.Zip(low, (v, d) => formula(v + (Scale * d)))];
            }

            using (var run = new Computation(instructions: set))
            {
                var expected = Reference([.. new[] { x, weight, bias, a, b }.Select(tensor => Array.ConvertAll(tensor.Values.ToArray(), v => (double)v))]);
                run.Linear(x, layer, activation).Values.ShouldBeNear(Array.ConvertAll(expected, v => (float)v), 1e-6);
            }

            GradientTests.Check(set, [x, weight, bias, a, b], run => run.Linear(x, layer, activation), Reference);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_merged_linear_layer_computes_the_same_and_is_restored_bit_for_bit(bool transposed)
    {
        var x = TestTensors.Random(1, 5, Inputs);
        var layer = new Linear(transposed ? TestTensors.Random(2, Inputs, Outputs) : TestTensors.Random(2, Outputs, Inputs), TestTensors.Random(3, Outputs), transposed);
        var (weight, bits, plain) = (layer.Weight, layer.Weight.Values.ToArray(), Values(run => run.Linear(x, layer, Activation.Relu)));
        foreach (var wrapper in new LayerWrapper[] { new LowRankWrapper(TestTensors.Random(4, Rank, Inputs), TestTensors.Random(5, Outputs, Rank), Scale), new FactorsWrapper(TestTensors.Random(6, Outputs)) })
        {
            layer.Wrap(wrapper);
            var wrapped = Values(run => run.Linear(x, layer, Activation.Relu));
            wrapped.ShouldNotBe(plain);

            layer.Merge();
            layer.IsMerged.ShouldBeTrue();
            layer.Weight.ShouldNotBeSameAs(weight);
            Values(run => run.Linear(x, layer, Activation.Relu)).AsSpan().ShouldBeNear(wrapped, 1e-6);
            layer.Parameters("l").Select(parameter => parameter.Name).ShouldBe(["l.weight", "l.bias"]);

            layer.Restore();
            layer.Weight.ShouldBeSameAs(weight);
            Values(run => run.Linear(x, layer, Activation.Relu)).ShouldBe(wrapped);

            layer.Merge();
            layer.Unwrap().ShouldBeSameAs(wrapper);
            layer.Weight.Values.ToArray().ShouldBe(bits);
            Values(run => run.Linear(x, layer, Activation.Relu)).ShouldBe(plain);
        }
    }

    [Fact]
    public void Parameters_of_a_wrapper_stand_under_the_name_of_the_layer()
    {
        var layer = new Linear(TestTensors.Random(2, Outputs, Inputs), null);
        layer.Wrap(new LowRankWrapper(TestTensors.Random(4, Rank, Inputs), TestTensors.Random(5, Outputs, Rank), Scale));
        layer.Parameters("encoder.query").Select(parameter => parameter.Name).ShouldBe(["encoder.query.weight", "encoder.query.lora_A.weight", "encoder.query.lora_B.weight"]);
    }

    [Theory]
    [MemberData(nameof(TestTensors.InstructionSets), MemberType = typeof(TestTensors))]
    public void Embedding_tables_with_low_rank_adaptation(InstructionSet set)
    {
        const int Columns = 6;
        var batch = PackedBatch.From([[0, 2, 2], [3]]);
        var (words, a, b, positions) = (TestTensors.Random(1, 4, Columns), TestTensors.Random(2, 4, Rank), TestTensors.Random(3, Columns, Rank), TestTensors.Random(4, 3, Columns));
        var table = new EmbeddingTable(words);
        var wrapper = new LowRankWrapper(a, b, Scale);
        Tensor Embed(Computation run) => run.Embed(batch, table, new EmbeddingTable(positions));
        var plain = Values(Embed);
        table.Wrap(wrapper);
        GradientTests.Check(set, [words, a, b, positions], Embed, values =>
        {
            int[] places = [0, 1, 2, 0];
            var y = new double[4 * Columns];
            for (var i = 0; i < y.Length; i++)
            {
                var (row, column) = (batch.TokenIds[i / Columns], i % Columns);
                y[i] = values[0][(row * Columns) + column] + values[3][(places[i / Columns] * Columns) + column]
                    + (Scale * Enumerable.Range(0, Rank).Sum(r => values[1][(row * Rank) + r] * values[2][(column * Rank) + r]));
            }

            return y;
        });

        var wrapped = Values(Embed);
        table.Merge();
        Values(Embed).AsSpan().ShouldBeNear(wrapped, 1e-6);
        table.Unwrap();
        table.Weight.ShouldBeSameAs(words);
        Values(Embed).ShouldBe(plain);
    }

    [Fact]
    public void Norms_with_scales_and_a_residual_merge_and_come_back()
    {
        var (x, residual, scales) = (TestTensors.Random(1, 5, Inputs), TestTensors.Random(2, 5, Inputs), TestTensors.Random(3, Inputs));
        var norm = new LayerNorm(TestTensors.Random(4, Inputs), TestTensors.Random(5, Inputs), 1e-5f);
        var root = new RmsNorm(TestTensors.Random(6, Inputs), 1e-5f);
        foreach (var (layer, forward) in new (Layer, Func<Computation, Tensor>)[]
        {
            (norm, run => run.LayerNorm(x, norm)),
            (norm, run => run.AddLayerNorm(x, residual, norm)),
            (root, run => run.RmsNorm(x, root)),
        })
        {
            var plain = Values(forward);
            layer.Wrap(new FactorsWrapper(scales));
            var wrapped = Values(forward);
            wrapped.ShouldBe(plain.Select((value, i) => value * scales.Values[i % Inputs]));
            layer.Merge();
            Values(forward).AsSpan().ShouldBeNear(wrapped, 1e-6);
            layer.Unwrap();
            Values(forward).ShouldBe(plain);
        }
    }

    [Fact]
    public void A_bottleneck_adapter_computes_behind_the_layer_and_cannot_be_merged()
    {
        var x = TestTensors.Random(1, 5, Inputs);
        var layer = new Linear(TestTensors.Random(2, Outputs, Inputs), null);
        var (down, up) = (new Linear(TestTensors.Random(3, Rank, Outputs), TestTensors.Random(4, Rank)), new Linear(TestTensors.Random(5, Outputs, Rank), TestTensors.Random(6, Outputs)));
        var expected = Values(run =>
        {
            var y = run.Linear(x, layer);
            return run.Add(y, run.Linear(run.Linear(y, down, Activation.Gelu), up));
        });
        layer.Wrap(new BottleneckWrapper(down, up));
        Values(run => run.Linear(x, layer)).ShouldBe(expected);
        layer.Parameters("l").Select(parameter => parameter.Name).ShouldBe(["l.weight", "l.adapter_down.weight", "l.adapter_down.bias", "l.adapter_up.weight", "l.adapter_up.bias"]);
        Should.Throw<NotSupportedException>(layer.Merge);
        layer.IsMerged.ShouldBeFalse();
        Values(run => run.Linear(x, layer)).ShouldBe(expected);
    }

    [Fact]
    public void A_wrapper_that_adds_nothing_leaves_every_bit()
    {
        var batch = PackedBatch.From([[0, 2, 2], [3]]);
        var (x, residual) = (TestTensors.Random(1, 4, Inputs), TestTensors.Random(2, 4, Inputs));
        var (words, positions, types) = (new EmbeddingTable(TestTensors.Random(3, 4, Inputs)), new EmbeddingTable(TestTensors.Random(4, 3, Inputs)), new EmbeddingTable(TestTensors.Random(5, 2, Inputs)));
        var (linear, norm, root) = (new Linear(TestTensors.Random(6, Outputs, Inputs), TestTensors.Random(7, Outputs)), new LayerNorm(TestTensors.Random(8, Inputs), null, 1e-5f), new RmsNorm(TestTensors.Random(9, Inputs), 1e-5f));
        Func<Computation, Tensor>[] all =
        [
            run => run.Embed(batch, words, positions, types), run => run.Embed([1, 1], words), run => run.Linear(x, linear), run => run.LayerNorm(x, norm), run => run.AddLayerNorm(x, residual, norm), run => run.RmsNorm(x, root),
        ];
        var plain = Array.ConvertAll(all, Values);
        foreach (var layer in new Layer[] { words, positions, types, linear, norm, root })
        {
            layer.Wrap(new TransparentWrapper());
        }

        Array.ConvertAll(all, Values).ShouldBe(plain);
    }

    [Fact]
    public void Only_the_adapter_of_a_frozen_layer_has_gradients()
    {
        var (a, b) = (TestTensors.Random(4, Rank, Inputs), TestTensors.Random(5, Outputs, Rank));
        var layer = new Linear(TestTensors.Random(2, Outputs, Inputs), TestTensors.Random(3, Outputs));
        layer.Wrap(new LowRankWrapper(a, b, Scale));
        (a.RequiresGradient, b.RequiresGradient) = (true, true);
        using var run = new Computation(recording: true);
        run.Backward(run.Linear(TestTensors.Random(1, 5, Inputs), layer, Activation.Gelu));
        a.Gradient.ShouldNotBeNull();
        b.Gradient.ShouldNotBeNull();
        layer.Weight.Gradient.ShouldBeNull();
        layer.Bias!.Gradient.ShouldBeNull();
    }

    [Fact]
    public void What_uses_the_weight_itself_refuses_a_wrapped_layer()
    {
        var (x, batch) = (TestTensors.Random(1, 3, 2), TestTensors.Batch(3));
        var layer = new Linear(TestTensors.Random(2, 8, 2), null);
        layer.Wrap(new TransparentWrapper());
        using var run = new Computation();
        Should.Throw<NotSupportedException>(() => run.CrossEntropy(x, layer, [0, 1, 2])).Message.ShouldContain("merge or unwrap");
        Should.Throw<NotSupportedException>(() => run.PoolVocabulary(x, layer, batch, VocabularyPooling.Max));
        Should.Throw<NotSupportedException>(() => run.Lstm(TestTensors.Random(3, 3, 8), layer, batch));
        layer.Unwrap();
        run.CrossEntropy(x, layer, [0, 1, 2]).Rows.ShouldBe(3);
    }

    [Fact]
    public void A_computation_with_wrappers_of_its_own_uses_no_others()
    {
        var x = TestTensors.Random(1, 5, Inputs);
        var (layer, other) = (new Linear(TestTensors.Random(2, Outputs, Inputs), null), new Linear(TestTensors.Random(3, Outputs, Inputs), null));
        var (plain, otherPlain) = (Values(run => run.Linear(x, layer)), Values(run => run.Linear(x, other)));
        var (first, second) = (new FactorsWrapper(TestTensors.Random(4, Outputs)), new FactorsWrapper(TestTensors.Random(5, Outputs)));
        layer.Wrap(first);
        var wrapped = Values(run => run.Linear(x, layer));
        other.Wrap(first);

        float[] Chosen(LayerWrapper wrapper, Linear computed)
        {
            using var run = new Computation { Wrappers = new Dictionary<Layer, LayerWrapper> { [layer] = wrapper } };
            return run.Linear(x, computed).Values.ToArray();
        }

        Chosen(first, layer).ShouldBe(wrapped);
        Chosen(second, layer).ShouldNotBe(wrapped);
        Chosen(second, other).ShouldBe(otherPlain);
        using var none = new Computation { Wrappers = new Dictionary<Layer, LayerWrapper>() };
        none.Linear(x, layer).Values.ToArray().ShouldBe(plain);
        layer.ThrowIfWrapped(none, "An operation");
    }

    [Fact]
    public void A_layer_with_another_bias_shares_the_weight()
    {
        var (x, weight, bias, other) = (TestTensors.Random(1, 5, Inputs), TestTensors.Random(2, Outputs, Inputs), TestTensors.Random(3, Outputs), TestTensors.Random(4, Outputs));
        var layer = new Linear(weight, bias);
        layer.WithBias(other).Weight.ShouldBeSameAs(weight);
        Values(run => run.Linear(x, layer.WithBias(other))).ShouldBe(Values(run => run.Linear(x, new Linear(weight, other))));
        Values(run => run.Linear(x, layer.WithBias(null))).ShouldBe(Values(run => run.Linear(x, new Linear(weight, null))));
        Should.Throw<ArgumentException>(() => layer.WithBias(TestTensors.Random(5, Inputs))).Message.ShouldContain("does not fit");
    }

    [Theory]
    [MemberData(nameof(TestTensors.InstructionSets), MemberType = typeof(TestTensors))]
    public void A_row_that_is_added_to_all_rows_has_the_sum_of_their_gradients(InstructionSet set)
    {
        var (x, row) = (TestTensors.Random(1, 5, Inputs), TestTensors.Random(2, Inputs));
        GradientTests.Check(set, [x, row], run => run.AddRow(x, row), values => [.. values[0].Select((value, i) => value + values[1][i % Inputs])]);
        using var other = new Computation();
        Should.Throw<ArgumentException>(() => other.AddRow(x, TestTensors.Random(2, Inputs + 1)));
    }

    [Fact]
    public void Wrapping_twice_and_merging_without_a_wrapper_are_errors()
    {
        var layer = new Linear(TestTensors.Random(2, 8, 2), null);
        Should.Throw<InvalidOperationException>(layer.Merge);
        Should.Throw<InvalidOperationException>(layer.Restore);
        layer.Unwrap().ShouldBeNull();
        layer.Wrap(new TransparentWrapper());
        Should.Throw<InvalidOperationException>(() => layer.Wrap(new TransparentWrapper()));
        var table = new EmbeddingTable(TestTensors.Random(2, 8, 2));
        table.Wrap(new FactorsWrapper(TestTensors.Random(1, 2)));
        using var run = new Computation();
        Should.Throw<NotSupportedException>(() => run.Embed([0], table));
    }

    private static float[] Values(Func<Computation, Tensor> forward)
    {
        using var run = new Computation();
        return forward(run).Values.ToArray();
    }
}
