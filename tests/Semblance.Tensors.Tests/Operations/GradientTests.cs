using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

/// <summary>Tests every backward kernel against central differences of the slow reference in double precision.</summary>
public class GradientTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Linear_layers_with_every_activation(InstructionSet set)
    {
        foreach (var activation in Enum.GetValues<Activation>())
        {
            var (x, weight, bias) = (TestTensors.Random(1, 5, 7), TestTensors.Random(2, 9, 7), TestTensors.Random(3, 9));
            Check(
                set,
                [x, weight, bias],
                run => run.Linear(x, new Linear(weight, bias), activation),
                values => DoubleReference.Linear(values[0], values[1], values[2], 7, DoubleReference.Formula(activation)));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Linear_layers_wider_than_a_panel(InstructionSet set)
    {
        var (x, weight) = (TestTensors.Random(1, 20, 40), TestTensors.Random(2, 35, 40));
        Check(set, [x, weight], run => run.Linear(x, new Linear(weight, null)), values => DoubleReference.Linear(values[0], values[1], null, 40, v => v));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_weight_that_many_rows_pass_has_the_sum_of_their_gradients_on_any_number_of_threads(InstructionSet set)
    {
        const int Rows = 2500, Inputs = 37, Outputs = 45;
        var (x, slopes) = (TestTensors.Random(1, Rows, Inputs), TestTensors.Random(2, Rows, Outputs));
        var gradients = new[] { 1, 2 }.Select(threads =>
        {
            var weight = TestTensors.Random(3, Outputs, Inputs);
            weight.RequiresGradient = true;
            for (var time = 0; time < 2; time++)
            {
                using var run = new Computation(threads, set, recording: true);
                run.Backward(run.Linear(x, new Linear(weight, null)), slopes);
            }

            return weight.Gradient!;
        }).ToArray();
        var expected = new float[Outputs * Inputs];
        for (var i = 0; i < expected.Length; i++)
        {
            expected[i] = (float)Enumerable.Range(0, Rows).Sum(row => 2.0 * slopes.Row(row)[i / Inputs] * x.Row(row)[i % Inputs]);
        }

        gradients[0].Values.ShouldBeNear(expected, 2e-4);
        gradients[1].Values.SequenceEqual(gradients[0].Values).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Attention_to_itself_causal_or_not_and_to_another_batch(InstructionSet set)
    {
        var queries = TestTensors.Batch(1, 3, 6);
        foreach (var mask in new AttentionMask[]
        {
            new(queries),
            new(queries, causal: true),
            new(queries, TestTensors.Batch(1, 1, 1)),
            new(queries, TestTensors.Batch(4, 2, 9)),
            new(queries, TestTensors.Batch(4, 3, 9), causal: true),
        })
        {
            foreach (var (hidden, heads) in new[] { (8, 2), (6, 1), (40, 2) })
            {
                var keys = mask.Keys.TokenCount;
                var (q, k, v) = (TestTensors.Random(1, 10, hidden), TestTensors.Random(2, keys, hidden), TestTensors.Random(3, keys, hidden));
                Check(set, [q, k, v], run => run.Attention(q, k, v, mask, heads), values => DoubleReference.Attention(values[0], values[1], values[2], mask, hidden, heads));
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Attention_through_a_window_and_with_shared_keys(InstructionSet set)
    {
        foreach (var mask in new AttentionMask[]
        {
            new(TestTensors.Batch(2, 20), window: 4),
            new(TestTensors.Batch(2, 20), causal: true, window: 18),
            new(TestTensors.Batch(1, 4), TestTensors.Batch(3, 19), causal: true, window: 6),
        })
        {
            foreach (var (heads, keyHeads) in new[] { (4, 2), (3, 1), (2, 2) })
            {
                const int Size = 4;
                int queries = mask.Queries.TokenCount, keys = mask.Keys.TokenCount;
                var (q, k, v) = (TestTensors.Random(1, queries, heads * Size), TestTensors.Random(2, keys, keyHeads * Size), TestTensors.Random(3, keys, keyHeads * Size));
                Check(set, [q, k, v], run => run.Attention(q, k, v, mask, heads), values => DoubleReference.Attention(values[0], values[1], values[2], mask, heads * Size, heads, keyHeads));
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Rotary_positions(InstructionSet set)
    {
        var batch = TestTensors.Batch(1, 4, 2);
        foreach (var (headSize, columns, scale) in new[] { (6, 6, 1f), (40, 40, 1f), (10, 4, 1.25f) })
        {
            var x = TestTensors.Random(1, batch.TokenCount, 2 * headSize);
            var frequencies = RotaryPositions.Frequencies(columns, 100);
            var positions = new RotaryPositions(frequencies, scale);
            Check(set, [x], run => run.Rotate(x, batch, headSize, positions), v => DoubleReference.Rotate(v[0], batch, 2 * headSize, headSize, frequencies, scale));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Root_mean_square_norm_of_rows_and_of_heads(InstructionSet set)
    {
        foreach (var (columns, parts) in new[] { (5, 1), (16, 2), (37, 3) })
        {
            var (x, weight) = (TestTensors.Random(1, 4, columns * parts), TestTensors.Random(2, columns));
            Check(set, [x, weight], run => run.RmsNorm(x, new RmsNorm(weight, 1e-3f, 1)), v => DoubleReference.RmsNorm(v[0], v[1], 1e-3, 1));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Linear_layers_whose_weight_lies_transposed(InstructionSet set)
    {
        foreach (var (rows, inputs, outputs) in new[] { (5, 7, 9), (20, 40, 35) })
        {
            var (x, weight, bias) = (TestTensors.Random(1, rows, inputs), TestTensors.Random(2, inputs, outputs), TestTensors.Random(3, outputs));
            double[] Transposed(double[] w) => [.. Enumerable.Range(0, w.Length).Select(i => w[(i % inputs * outputs) + (i / inputs)])];
            Check(set, [x, weight, bias], run => run.Linear(x, new Linear(weight, bias, transposed: true)), v => DoubleReference.Linear(v[0], Transposed(v[1]), v[2], inputs, y => y));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Linear_layers_whose_inputs_have_several_dimensions(InstructionSet set)
    {
        var (x, weight) = (TestTensors.Random(1, 5, 18), TestTensors.Random(2, 9, 2, 3, 3));
        Check(set, [x, weight], run => run.Linear(x, new Linear(weight, null)), v => DoubleReference.Linear(v[0], v[1], null, 18, y => y));
    }

    [Fact]
    public void Gates()
    {
        var x = TestTensors.Random(1, 4, 10);
        Check(
            InstructionSet.Portable,
            [x],
            run => run.Gate(x, Activation.Silu),
            v => [.. v[0].Chunk(10).SelectMany(row => row.Take(5).Zip(row.Skip(5), (a, b) => DoubleReference.Formula(Activation.Silu)(a) * b))]);
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Causal_attention_longer_than_a_panel(InstructionSet set)
    {
        var mask = new AttentionMask(TestTensors.Batch(35), TestTensors.Batch(70), causal: true);
        var (q, k, v) = (TestTensors.Random(1, 35, 4), TestTensors.Random(2, 70, 4), TestTensors.Random(3, 70, 4));
        Check(set, [q, k, v], run => run.Attention(q, k, v, mask, 2), values => DoubleReference.Attention(values[0], values[1], values[2], mask, 4, 2));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Layer_norm_with_and_without_a_residual(InstructionSet set)
    {
        foreach (var columns in new[] { 5, 16, 37 })
        {
            var (x, residual, weight, bias) = (TestTensors.Random(1, 4, columns), TestTensors.Random(2, 4, columns), TestTensors.Random(3, columns), TestTensors.Random(4, columns));
            var layer = new LayerNorm(weight, bias, 1e-5f);
            Check(set, [x, residual, weight, bias], run => run.AddLayerNorm(x, residual, layer), v => DoubleReference.LayerNorm(v[0], v[1], v[2], v[3], 1e-5));
            Check(set, [x, weight, bias], run => run.LayerNorm(x, layer), v => DoubleReference.LayerNorm(v[0], new double[v[0].Length], v[1], v[2], 1e-5));
            Check(set, [x, weight], run => run.LayerNorm(x, new LayerNorm(weight, null, 1e-5f)), v => DoubleReference.LayerNorm(v[0], new double[v[0].Length], v[1], new double[columns], 1e-5));
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Normalization(InstructionSet set)
    {
        var x = TestTensors.Random(1, 4, 9);
        Check(set, [x], run => run.Normalize(x), values => DoubleReference.Normalize(values[0], 9));
    }

    [Fact]
    public void Embedding_adds_up_where_a_row_is_used_twice()
    {
        var (words, positions, types) = (TestTensors.Random(1, 6, 4), TestTensors.Random(2, 5, 4), TestTensors.Random(3, 2, 4));
        var batch = PackedBatch.From([[4, 1, 4], [0, 4]], [[0, 1, 0], [1, 1]]);
        Check(InstructionSet.Portable, [words, positions, types], run => run.Embed(batch, words, positions, types), v => DoubleReference.Embed(batch, v[0], v[1], v[2], 4));
    }

    [Fact]
    public void Every_pooling_alone_and_side_by_side()
    {
        var x = TestTensors.Random(1, 9, 5);
        var batch = TestTensors.Batch(4, 1, 4);
        foreach (var skip in new[] { 0, 2 })
        {
            foreach (var mode in Enum.GetValues<Pooling>())
            {
                Check(InstructionSet.Portable, [x], run => run.Pool(x, batch, [mode], skip), v => DoubleReference.Pool(v[0], batch, 5, [mode], skip));
            }

            Check(InstructionSet.Portable, [x], run => run.Pool(x, batch, [Pooling.Cls, Pooling.Mean, Pooling.Max], skip), v => DoubleReference.Pool(v[0], batch, 5, [Pooling.Cls, Pooling.Mean, Pooling.Max], skip));
        }
    }

    [Fact]
    public void The_first_columns_those_between_and_those_of_each_group()
    {
        var x = TestTensors.Random(1, 3, 6);
        Check(InstructionSet.Portable, [x], run => run.FirstColumns(x, 4), v => [.. Enumerable.Range(0, 12).Select(i => v[0][(i / 4 * 6) + (i % 4)])]);
        Check(InstructionSet.Portable, [x], run => run.Columns(x, 2, 3), v => [.. Enumerable.Range(0, 9).Select(i => v[0][(i / 3 * 6) + 2 + (i % 3)])]);
        Check(InstructionSet.Portable, [x], run => run.Columns(x, 1, 2, 3), v => [.. Enumerable.Range(0, 12).Select(i => v[0][(i / 2 * 3) + 1 + (i % 2)])]);
    }

    [Fact]
    public void A_tensor_used_twice_gets_the_sum()
    {
        var (x, weight) = (TestTensors.Random(1, 3, 4), TestTensors.Random(2, 4, 4));
        var layer = new Linear(weight, null);
        Check(
            InstructionSet.Portable,
            [x, weight],
            run => run.Linear(run.Linear(x, layer, Activation.Tanh), layer),
            v => DoubleReference.Linear(DoubleReference.Linear(v[0], v[1], null, 4, Math.Tanh), v[1], null, 4, y => y));
    }

    [Fact]
    public void Gradients_add_up_over_runs_and_have_the_same_bits_for_any_number_of_threads()
    {
        var (x, weight) = (TestTensors.Random(1, 300, 256), TestTensors.Random(2, 256, 256));
        weight.RequiresGradient = true;
        float[] Gradient(int maxThreads, int runs)
        {
            weight.Gradient = null;
            for (var i = 0; i < runs; i++)
            {
                using var run = new Computation(maxThreads, recording: true);
                run.Backward(run.Linear(x, new Linear(weight, null), Activation.Gelu));
            }

            return weight.Gradient!.Values.ToArray();
        }

        var once = Gradient(1, 1);
        Gradient(8, 1).ShouldBe(once);
        Gradient(8, 2).ShouldBe([.. once.Select(g => g + g)]);
    }

    [Fact]
    public void Weights_that_changed_are_packed_again()
    {
        var (x, weight) = (TestTensors.Random(1, 3, 4), TestTensors.Random(2, 4, 4));
        var layer = new Linear(weight, null);
        using var run = new Computation();
        run.Linear(x, layer);
        weight.Writable.Clear();
        run.Linear(x, layer).Values.ToArray().ShouldAllBe(y => y == 0);
    }

    [Fact]
    public void What_was_not_recorded_says_so()
    {
        using var run = new Computation();
        var y = run.Linear(TestTensors.Random(1, 2, 3), new Linear(TestTensors.Random(2, 3, 3), null));
        Should.Throw<InvalidOperationException>(() => run.Backward(y)).Message.ShouldContain("recording");
        using var recording = new Computation(recording: true);
        Should.Throw<ArgumentException>(() => recording.Backward(y, Tensor.Zeros(1)));
    }

    // The loss is a fixed random combination of the outputs, so that every output matters.
    internal static void Check(InstructionSet set, Tensor[] inputs, Func<Computation, Tensor> forward, Func<double[][], double[]> reference)
    {
        const double Step = 1e-5;
        foreach (var input in inputs)
        {
            (input.RequiresGradient, input.Gradient) = (true, null);
        }

        using var run = new Computation(instructions: set, recording: true);
        var output = forward(run);
        var mix = TestTensors.Random(99, output.Shape.ToArray());
        run.Backward(output, mix);

        var values = inputs.Select(input => input.Values.ToArray().Select(v => (double)v).ToArray()).ToArray();
        double Loss() => reference(values).Zip(mix.Values.ToArray(), (y, m) => y * m).Sum();
        for (var i = 0; i < inputs.Length; i++)
        {
            var gradient = inputs[i].Gradient.ShouldNotBeNull();
            for (var j = 0; j < values[i].Length; j++)
            {
                var value = values[i][j];
                values[i][j] = value + Step;
                var above = Loss();
                values[i][j] = value - Step;
                var below = Loss();
                values[i][j] = value;
                var expected = (above - below) / (2 * Step);
                Math.Abs(gradient.Values[j] - expected).ShouldBeLessThanOrEqualTo(2e-5 * Math.Max(1, Math.Abs(expected)), $"input {i}, element {j}: {gradient.Values[j]} for {expected}");
            }
        }
    }
}
