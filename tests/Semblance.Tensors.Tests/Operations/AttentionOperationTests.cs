using Semblance.Tensors.Instructions;

namespace Semblance.Tensors.Tests.Operations;

public class AttentionOperationTests
{
    public static TheoryData<InstructionSet> InstructionSets => TestTensors.InstructionSets;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Every_length_and_head_size_equals_the_reference(InstructionSet set)
    {
        foreach (var (hidden, heads) in new[] { (32, 4), (96, 3), (64, 1), (60, 5), (7, 7) })
        {
            var batch = TestTensors.Batch(1, 2, 5, 16, 17, 31, 33, 90, 1, 200);
            var (q, k, v) = (TestTensors.Random(1, batch.TokenCount, hidden), TestTensors.Random(2, batch.TokenCount, hidden), TestTensors.Random(3, batch.TokenCount, hidden));
            using var run = new Computation(instructions: set);
            run.Attention(q, k, v, batch, heads).Values.ShouldBeNear(Reference.Attention(q, k, v, batch, heads), 5e-6);
        }
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Large_scores_do_not_overflow(InstructionSet set)
    {
        var batch = TestTensors.Batch(3, 20);
        var (q, k, v) = (TestTensors.Random(1, 23, 32), TestTensors.Random(2, 23, 32), TestTensors.Random(3, 23, 32));
        foreach (ref var x in q.Writable)
        {
            x *= 1000;
        }

        using var run = new Computation(instructions: set);
        run.Attention(q, k, v, batch, 2).Values.ShouldBeNear(Reference.Attention(q, k, v, batch, 2), 1e-3);
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_sequence_has_the_same_bits_alone_and_in_any_company(InstructionSet set)
    {
        var batch = TestTensors.Batch(9, 40, 3, 100);
        var (q, k, v) = (TestTensors.Random(1, 152, 48), TestTensors.Random(2, 152, 48), TestTensors.Random(3, 152, 48));
        using var run = new Computation(instructions: set);
        var together = run.Attention(q, k, v, batch, 4);
        for (var i = 0; i < batch.Count; i++)
        {
            int start = batch.Offsets[i] * 48, length = batch.Length(i) * 48;
            Tensor Part(Tensor x) => Tensor.From(x.Values.Slice(start, length), batch.Length(i), 48);
            var alone = run.Attention(Part(q), Part(k), Part(v), TestTensors.Batch(batch.Length(i)), 4);
            alone.Values.SequenceEqual(together.Values.Slice(start, length)).ShouldBeTrue($"sequence {i}");
        }
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var run = new Computation();
        var x = Tensor.Zeros(5, 8);
        Should.Throw<ArgumentException>(() => run.Attention(x, x, x, TestTensors.Batch(4), 2));
        Should.Throw<ArgumentException>(() => run.Attention(x, x, x, TestTensors.Batch(5), 3));
        Should.Throw<ArgumentException>(() => run.Attention(x, Tensor.Zeros(5, 4), x, TestTensors.Batch(5), 2));
    }
}
