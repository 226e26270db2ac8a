using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

/// <summary>Tests operations on rows: layer norm, embedding, pooling, normalization.</summary>
public class RowOperationsTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Layer_norm_of_any_width_equals_the_reference(InstructionSet set)
    {
        for (var columns = 1; columns < 70; columns++)
        {
            var layer = new LayerNorm(TestTensors.Random(1, columns), TestTensors.Random(2, columns), 1e-12f);
            var (x, residual) = (TestTensors.Random(3, 4, columns), TestTensors.Random(4, 4, columns));
            using var run = new Computation(instructions: set);
            run.LayerNorm(x, layer).Values.ShouldBeNear(Reference.LayerNorm(x, null, layer), 2e-4);
            run.AddLayerNorm(x, residual, layer).Values.ShouldBeNear(Reference.LayerNorm(x, residual, layer), 2e-4);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Layer_norm_keeps_its_precision_around_a_large_mean(InstructionSet set)
    {
        var layer = new LayerNorm(Tensor.From(Enumerable.Repeat(1f, 384).ToArray(), 384), Tensor.Zeros(384), 1e-12f);
        var x = TestTensors.Random(3, 2, 384);
        foreach (ref var value in x.Writable)
        {
            value += 1000;
        }

        using var run = new Computation(instructions: set);
        run.LayerNorm(x, layer).Values.ShouldBeNear(Reference.LayerNorm(x, null, layer), 5e-4);
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Normalized_rows_have_length_one(InstructionSet set)
    {
        for (var columns = 1; columns < 70; columns++)
        {
            var x = TestTensors.Random(columns, 3, columns);
            using var run = new Computation(instructions: set);
            var y = run.Normalize(x);
            for (var row = 0; row < 3; row++)
            {
                double length = 0;
                foreach (var value in y.Row(row))
                {
                    length += (double)value * value;
                }

                length.ShouldBe(1, 1e-6);
                (y.Row(row)[0] * x.Row(row)[0]).ShouldBeGreaterThanOrEqualTo(0);
            }
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Normalizing_survives_zeros_and_extreme_sizes(InstructionSet set)
    {
        var x = Tensor.From([0, 0, 0, 3e30f, 4e30f, 0, 3e-25f, 4e-25f, 0], 3, 3);
        using var run = new Computation(instructions: set);
        // A row shorter than the smallest norm is divided by that norm, as in the original.
        run.Normalize(x).Values.ShouldBeNear([0, 0, 0, 0.6f, 0.8f, 0, 3e-13f, 4e-13f, 0], 1e-6);
    }

    [Fact]
    public void Rotary_positions_start_anew_with_each_sequence_on_any_number_of_threads()
    {
        var batch = TestTensors.Batch(900, 1, 1, 1300, 700);
        var x = TestTensors.Random(1, batch.TokenCount, 256);
        var positions = new RotaryPositions(RotaryPositions.Frequencies(64, 10_000));
        using Computation one = new(maxThreads: 1), many = new(maxThreads: 8);
        var turned = one.Rotate(x, batch, 64, positions);
        many.Rotate(x, batch, 64, positions).Values.SequenceEqual(turned.Values).ShouldBeTrue();
        for (var i = 0; i < batch.Count; i++)
        {
            int start = batch.Offsets[i] * 256, length = batch.Length(i) * 256;
            one.Rotate(Tensor.From(x.Values.Slice(start, length), batch.Length(i), 256), TestTensors.Batch(batch.Length(i)), 64, positions)
                .Values.SequenceEqual(turned.Values.Slice(start, length)).ShouldBeTrue($"sequence {i}");
        }
    }

    [Fact]
    public void Embedding_adds_word_position_and_type()
    {
        var (words, positions, types) = (TestTensors.Random(1, 50, 12), TestTensors.Random(2, 9, 12), TestTensors.Random(3, 2, 12));
        var batch = PackedBatch.From([[4, 7], [49, 0, 1]], [[0, 1], [1, 0, 0]]);
        using var run = new Computation();
        var y = run.Embed(batch, words, positions, types);
        var (token, position) = (3, 1);
        for (var i = 0; i < 12; i++)
        {
            y.Row(token)[i].ShouldBe(words.Row(0)[i] + types.Row(0)[i] + positions.Row(position)[i], 1e-6f);
        }
    }

    [Fact]
    public void Embedding_names_the_id_that_is_outside()
    {
        using var run = new Computation();
        Should.Throw<ArgumentException>(() => run.Embed(PackedBatch.From([[3, 5]]), Tensor.Zeros(5, 4))).Message.ShouldContain("token id 5");
        Should.Throw<ArgumentException>(() => run.Embed(PackedBatch.From([[3, -1]]), Tensor.Zeros(5, 4)));
        Should.Throw<ArgumentException>(() => run.Embed(PackedBatch.From([[1, 1, 1]]), Tensor.Zeros(5, 4), Tensor.Zeros(2, 4))).Message.ShouldContain("position 2");
    }

    [Fact]
    public void Every_pooling_equals_its_definition()
    {
        var x = Tensor.From([1, 2, 3, 4, 5, 7, 9, 9], 4, 2); // a sequence of three tokens and one of one token
        using var run = new Computation();
        var batch = TestTensors.Batch(3, 1);
        float[] Pooled(Pooling mode, int skip = 0) => run.Pool(x, batch, [mode], skip).Values.ToArray();
        Pooled(Pooling.Cls).ShouldBe([1, 2, 9, 9]);
        Pooled(Pooling.LastToken).ShouldBe([5, 7, 9, 9]);
        Pooled(Pooling.Max).ShouldBe([5, 7, 9, 9]);
        Pooled(Pooling.Mean).ShouldBe([3, 13 / 3f, 9, 9]);
        Pooled(Pooling.MeanSqrtLength).ShouldBe([9 / MathF.Sqrt(3), 13 / MathF.Sqrt(3), 9, 9]);
        Pooled(Pooling.WeightedMean).ShouldBe([22 / 6f, 31 / 6f, 9, 9]);
        Pooled(Pooling.Mean, skip: 1).ShouldBe([4, 5.5f, 0, 0]);
        run.Pool(x, batch, [Pooling.Cls, Pooling.Max]).Values.ToArray().ShouldBe([1, 2, 5, 7, 9, 9, 9, 9]);
    }
}
